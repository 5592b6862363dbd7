import type { Duplex } from "node:stream";
import type { Connection, Submittable } from "pg";

// COPY … TO STDOUT sends one message per row. An object for each would cost more than the rows themselves, so the
// messages are taken from the socket's chunks directly, past the driver's parser. The message formats:
// https://www.postgresql.org/docs/current/protocol-message-formats.html

const COPY_DATA = 0x64;
const COPY_OUT = 0x48;
const COPY_DONE = 0x63;
const HEADER_BYTES = 5;

/** Is given each row in COPY's text format, without the line break: `chunk` from `start` to `end`. */
export type RowTaker = (chunk: Buffer, start: number, end: number) => void;

/** A COPY … TO STDOUT that is running: pass it to `client.query`, then await `finished`. */
export class CopyRows implements Submittable {
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #take: RowTaker;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #stream: Duplex | null = null;
  /** The driver's own listener, which waits until the rows are through. */
  #driver: ((chunk: Buffer) => void) | null = null;
  #rest: Buffer | null = null;
  readonly #onData = (chunk: Buffer) => this.#read(chunk);

  /** @param take what is done with the rows; when it throws, the session is broken. */
  constructor(sql: string, take: RowTaker) {
    this.#sql = sql;
    this.#take = take;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.finished.catch(() => {});
  }

  /** Called by the driver when it is this query's turn. */
  submit(connection: Connection): void {
    const { stream } = connection;
    const drivers = stream.listeners("data");
    this.#stream = stream;
    this.#driver = (chunk) => {
      for (const driver of drivers) driver.call(stream, chunk);
    };
    stream.removeAllListeners("data");
    stream.on("data", this.#onData);
    connection.query(this.#sql);
  }

  /** Gives the socket back to the driver. */
  #detach(): void {
    const driver = this.#driver;
    const stream = this.#stream;
    if (!driver || !stream) return;
    this.#driver = null;
    stream.off("data", this.#onData);
    stream.on("data", driver);
  }

  handleError(error: unknown): void {
    this.#detach();
    this.#reject(error);
  }

  handleCommandComplete(): void {}

  handleCopyData(): void {}

  handleReadyForQuery(): void {
    this.#resolve();
  }

  #read(received: Buffer): void {
    try {
      let at = 0;
      if (this.#rest) {
        const message = this.#complete(this.#rest, received);
        if (!message) return;
        at = message.length - this.#rest.length;
        this.#rest = null;
        if (this.#messages(message, 0) === null) {
          this.#stream?.emit("data", received.subarray(at));
          return;
        }
      }
      const end = this.#messages(received, at);
      if (end !== null && end < received.length) this.#rest = received.subarray(end);
    } catch (error) {
      // the session is of no more use: half of the rows are still to come
      this.#detach();
      this.#reject(error);
    }
  }

  /** The message that begins with `rest`; null when even `received` does not end it, which is then kept. */
  #complete(rest: Buffer, received: Buffer): Buffer | null {
    const head =
      rest.length >= HEADER_BYTES ? rest : Buffer.concat([rest, received.subarray(0, HEADER_BYTES)]);
    const bytes = head.length >= HEADER_BYTES ? 1 + head.readUInt32BE(1) : Number.POSITIVE_INFINITY;
    if (rest.length + received.length >= bytes) return Buffer.concat([rest, received], bytes);
    this.#rest = Buffer.concat([rest, received]);
    return null;
  }

  /** Handles whole messages from `at` on; gives where they end, or null when the driver has taken over. */
  #messages(chunk: Buffer, from: number): number | null {
    let at = from;
    while (at + HEADER_BYTES <= chunk.length) {
      const code = chunk[at];
      if (code !== COPY_DATA && code !== COPY_OUT && code !== COPY_DONE) {
        this.#giveBack(chunk, at);
        return null;
      }
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      if (end > chunk.length) break;
      if (code === COPY_DATA) this.#take(chunk, at + HEADER_BYTES, end - 1);
      at = end;
    }
    return at;
  }

  /** The rows are through, or something else happened: the driver knows what to do. */
  #giveBack(chunk: Buffer, at: number): void {
    const driver = this.#driver;
    this.#detach();
    driver?.(chunk.subarray(at));
  }
}
