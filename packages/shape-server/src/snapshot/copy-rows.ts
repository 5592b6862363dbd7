import type { Duplex } from "node:stream";
import type { Connection, Submittable } from "pg";

// COPY … TO STDOUT sends one message per row. The driver's parser makes an object of each, which costs more than the rows
// themselves. So this reads the messages from the socket's chunks, without the parser. The message formats:
// https://www.postgresql.org/docs/current/protocol-message-formats.html

const copyData = 0x64;
const copyOut = 0x48;
const copyDone = 0x63;
const headerBytes = 5;

/** Takes a row in COPY's text format, without the line break: the bytes of `chunk` from `start` to `end`. */
export type RowTaker = (chunk: Buffer, start: number, end: number) => void;

/** A query COPY … TO STDOUT: pass it to `client.query`, then await `finished`. */
export class CopyRows implements Submittable {
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #take: RowTaker;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #stream: Duplex | null = null;
  /** The driver's own listener, which takes over when the rows have been read. */
  #driver: ((chunk: Buffer) => void) | null = null;
  #rest: Buffer | null = null;
  readonly #onData = (chunk: Buffer) => this.#read(chunk);

  /** @param take is called for each row. After it has thrown, the session cannot be used any more. */
  constructor(sql: string, take: RowTaker) {
    this.#sql = sql;
    this.#take = take;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.finished.catch(() => {});
  }

  /** The driver calls this when it is the query's turn. */
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
      // More rows will arrive, and nobody reads them: the session cannot be used any more.
      this.#detach();
      this.#reject(error);
    }
  }

  /** The message that begins with `rest`. Null when `received` does not complete it; both are then kept. */
  #complete(rest: Buffer, received: Buffer): Buffer | null {
    const head = rest.length >= headerBytes ? rest : Buffer.concat([rest, received.subarray(0, headerBytes)]);
    const bytes = head.length >= headerBytes ? 1 + head.readUInt32BE(1) : Number.POSITIVE_INFINITY;
    if (rest.length + received.length >= bytes) return Buffer.concat([rest, received], bytes);
    this.#rest = Buffer.concat([rest, received]);
    return null;
  }

  /** Handles the whole messages from `from` on. Returns where they end, or null when the driver has taken over. */
  #messages(chunk: Buffer, from: number): number | null {
    let at = from;
    while (at + headerBytes <= chunk.length) {
      const code = chunk[at];
      if (code !== copyData && code !== copyOut && code !== copyDone) {
        this.#giveBack(chunk, at);
        return null;
      }
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      if (end > chunk.length) break;
      if (code === copyData) this.#take(chunk, at + headerBytes, end - 1);
      at = end;
    }
    return at;
  }

  /** Hands a message that is no row to the driver, and every message after it. */
  #giveBack(chunk: Buffer, at: number): void {
    const driver = this.#driver;
    this.#detach();
    driver?.(chunk.subarray(at));
  }
}
