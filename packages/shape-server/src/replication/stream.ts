import { Client } from "pg";
import { formatLsn, type Lsn, readLsn, writeLsn } from "../postgres/lsn.ts";
import { clientConfig } from "../postgres/pool.ts";
import { textSettings } from "../postgres/text-format.ts";
import { explain } from "./explain.ts";
import { decodeMessage, type Message } from "./pgoutput.ts";
import { ProtocolError } from "./protocol-error.ts";
import { type Names, openSlot, type Slot } from "./slot.ts";

// The streaming replication protocol: https://www.postgresql.org/docs/current/protocol-replication.html

const xlogData = 0x77;
const keepalive = 0x6b;
const xlogHeaderBytes = 25;
/** Postgres ends the connection of a reader that is silent for wal_sender_timeout, 60 s by default. */
const statusIntervalMs = 5_000;

/** Receives what a replication stream delivers. */
export interface StreamReader {
  /** The slot is open and names its last acknowledged position: shapes that do not continue there must end. */
  opened(slot: Slot): void | Promise<void>;
  /** Streaming has begun. */
  started(): void;
  /** True when the rows of a table must be decoded. */
  wants(oid: number): boolean;
  /** Takes one message. When it returns a promise, the stream pauses until the promise is settled. */
  message(message: Message): void | Promise<void>;
  /** Every transaction that committed before `lsn` has been delivered. */
  idle(lsn: Lsn): void;
}

/** The parts of node-postgres' connection that its types leave out. */
interface ReplicationConnection {
  stream: { pause(): void; resume(): void; destroy(): void };
  on(event: "copyData", listener: (message: { chunk: Buffer }) => void): void;
  once(event: "replicationStart", listener: () => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

/** One replication connection, from its opening to its end. */
export class ReplicationStream {
  readonly #client: Client;
  readonly #names: Names;
  readonly #reader: StreamReader;
  #connection: ReplicationConnection | undefined;
  /** Frames that arrived while a message was being handled. */
  #queue: Buffer[] = [];
  #busy = false;
  #received: Lsn = 0;
  #acknowledged: Lsn = 0;
  #inTransaction = false;
  #fail: (error: unknown) => void = () => {};

  constructor(databaseUrl: string, names: Names, reader: StreamReader) {
    this.#names = names;
    this.#reader = reader;
    this.#client = new Client({ ...clientConfig(databaseUrl), ...{ replication: "database" } });
  }

  /**
   * Opens the slot and streams until the connection ends.
   *
   * @throws what ended the stream, which has no end of its own.
   */
  async run(recreate: boolean): Promise<void> {
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      const failed = new Promise<never>((_, reject) => {
        this.#fail = reject;
      });
      failed.catch(() => {});
      this.#client.on("error", (error) => this.#fail(error));
      await this.#client.connect().catch((error: unknown) => {
        throw explain(error);
      });
      await this.#client.query(textSettings);
      const slot = await openSlot(this.#client, this.#names, recreate);
      await this.#reader.opened(slot);
      this.#received = slot.start;
      this.#acknowledged = slot.start;
      const connection = connectionOf(this.#client);
      this.#connection = connection;
      connection.on("copyData", ({ chunk }) => this.#frame(chunk));
      connection.once("replicationStart", () => this.#reader.started());
      heartbeat = setInterval(() => this.#sendStatus(), statusIntervalMs);
      const options = `proto_version '1', publication_names '"${this.#names.publication}"'`;
      const ended = this.#client.query(
        `START_REPLICATION SLOT "${this.#names.slot}" LOGICAL ${formatLsn(slot.start)} (${options})`,
      );
      await Promise.race([ended, failed]);
      throw new ProtocolError("Postgres ended the replication stream.");
    } finally {
      clearInterval(heartbeat);
      this.#connection = undefined;
      this.stop();
    }
  }

  /** Tells Postgres that everything before `lsn` is in files, so that Postgres may remove that WAL. */
  acknowledge(lsn: Lsn): void {
    if (lsn <= this.#acknowledged) return;
    this.#acknowledged = lsn;
    this.#sendStatus();
  }

  /** Ends the connection at once. */
  stop(): void {
    connectionOf(this.#client).stream.destroy();
  }

  #frame(chunk: Buffer): void {
    if (this.#busy) {
      // The driver uses its buffer again for the next frame.
      this.#queue.push(Buffer.from(chunk));
      return;
    }
    try {
      const handled = this.#handle(chunk);
      if (handled) this.#waitFor(handled);
    } catch (error) {
      this.#fail(error);
    }
  }

  #waitFor(handled: Promise<void>): void {
    this.#busy = true;
    this.#connection?.stream.pause();
    handled.then(
      () => {
        this.#busy = false;
        const queue = this.#queue;
        this.#queue = [];
        for (const chunk of queue) this.#frame(chunk);
        if (!this.#busy) this.#connection?.stream.resume();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #handle(chunk: Buffer): void | Promise<void> {
    if (chunk[0] === xlogData) {
      const message = decodeMessage(chunk, xlogHeaderBytes, this.#reader.wants);
      if (message.tag === "begin") this.#inTransaction = true;
      else if (message.tag === "commit") {
        this.#inTransaction = false;
        this.#received = Math.max(this.#received, message.endLsn);
      }
      return this.#reader.message(message);
    }
    if (chunk[0] === keepalive) {
      const end = readLsn(chunk, 1);
      if (!this.#inTransaction) {
        this.#received = Math.max(this.#received, end);
        this.#reader.idle(this.#received);
      }
      if (chunk[17] === 1) this.#sendStatus();
    }
  }

  #sendStatus(): void {
    const status = Buffer.alloc(34);
    status[0] = 0x72;
    writeLsn(status, this.#received, 1);
    writeLsn(status, this.#acknowledged, 9);
    writeLsn(status, this.#acknowledged, 17);
    const sinceYear2000 = BigInt(Date.now() - Date.UTC(2000, 0, 1)) * 1000n;
    status.writeBigInt64BE(sinceYear2000, 25);
    this.#connection?.sendCopyFromChunk(status);
  }
}

function connectionOf(client: Client): ReplicationConnection {
  const connection: unknown = Reflect.get(client, "connection");
  if (!isReplicationConnection(connection)) {
    throw new Error("This version of the pg package has no connection that can replicate.");
  }
  return connection;
}

function isReplicationConnection(value: unknown): value is ReplicationConnection {
  return typeof value === "object" && value !== null && "sendCopyFromChunk" in value && "stream" in value;
}
