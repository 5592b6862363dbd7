import { Client } from "pg";
import { clientConfig, TEXT_SETTINGS } from "../database.ts";
import { explain } from "./errors.ts";
import { formatLsn, type Lsn, readLsn, writeLsn } from "./lsn.ts";
import { decodeMessage, type Message, ProtocolError } from "./pgoutput.ts";
import { type Names, openSlot, type Slot } from "./slot.ts";

// The streaming replication protocol: https://www.postgresql.org/docs/current/protocol-replication.html

const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
const XLOG_HEADER_BYTES = 25;
/** Postgres gives up on a reader that is silent for wal_sender_timeout, 60 s by default. */
const STATUS_INTERVAL_MS = 5_000;

/** Who takes the messages. */
export interface StreamReader {
  /** The slot is ours; what was streamed before can be judged now. */
  opened(slot: Slot): void | Promise<void>;
  /** Streaming has begun. */
  started(): void;
  /** Whether the rows of a table are of interest. */
  wants(oid: number): boolean;
  /** One message; when it returns a promise the stream stands still until that is settled. */
  message(message: Message): void | Promise<void>;
  /** Nothing more has arrived for now, and everything before `lsn` has. */
  idle(lsn: Lsn): void;
}

/** The parts of node-postgres' connection that its types leave out. */
type ReplicationConnection = {
  stream: { pause(): void; resume(): void; destroy(): void };
  on(event: "copyData", listener: (message: { chunk: Buffer }) => void): void;
  once(event: "replicationStart", listener: () => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
};

/** One replication connection, from its opening to its end. */
export class ReplicationStream {
  readonly #client: Client;
  readonly #names: Names;
  readonly #reader: StreamReader;
  #connection: ReplicationConnection | null = null;
  /** Frames that wait while a message is being handled. */
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
   * @throws whatever ended it, unless that was `stop`.
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
      await this.#client.query(TEXT_SETTINGS);
      const slot = await openSlot(this.#client, this.#names, recreate);
      await this.#reader.opened(slot);
      this.#received = this.#acknowledged = slot.start;
      const connection = connectionOf(this.#client);
      this.#connection = connection;
      connection.on("copyData", ({ chunk }) => this.#frame(chunk));
      connection.once("replicationStart", () => this.#reader.started());
      heartbeat = setInterval(() => this.#sendStatus(), STATUS_INTERVAL_MS);
      const options = `proto_version '1', publication_names '"${this.#names.publication}"'`;
      const ended = this.#client.query(
        `START_REPLICATION SLOT "${this.#names.slot}" LOGICAL ${formatLsn(slot.start)} (${options})`,
      );
      await Promise.race([ended, failed]);
      throw new ProtocolError("Postgres ended the replication stream.");
    } finally {
      clearInterval(heartbeat);
      this.#connection = null;
      this.stop();
    }
  }

  /** Everything before `lsn` is in safety: Postgres may forget it. */
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
      // the driver reuses its buffer
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
    if (chunk[0] === XLOG_DATA) {
      const message = decodeMessage(chunk, XLOG_HEADER_BYTES, this.#reader.wants);
      if (message.tag === "begin") this.#inTransaction = true;
      else if (message.tag === "commit") {
        this.#inTransaction = false;
        this.#received = Math.max(this.#received, message.endLsn);
      }
      return this.#reader.message(message);
    }
    if (chunk[0] === KEEPALIVE) {
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
  if (!isReplicationConnection(connection))
    throw new Error("This version of pg is not the one that this was made for.");
  return connection;
}

function isReplicationConnection(value: unknown): value is ReplicationConnection {
  return typeof value === "object" && value !== null && "sendCopyFromChunk" in value && "stream" in value;
}
