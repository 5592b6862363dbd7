import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writevSync } from "node:fs";
import { type Batch, decodeHeader, encodeHeader, headerBytes, messagesAfter } from "./batch.ts";
import { defaultPageBytes, LogIndex } from "./log-index.ts";
import { messageSeparator } from "./messages.ts";
import { compareOffsets, type LogOffset, snapshotEndOffset } from "./offset.ts";

/** A transaction that adds more than this to one shape goes to the file before the transaction is complete. */
const spillBytes = 4 * 1024 * 1024;

/** The batches of a large transaction are about this long. */
const batchBytes = 1024 * 1024;

type BatchWithBody = Batch & { readonly body: Buffer };

/** A message and its position in its transaction. */
export interface LogMessage {
  readonly op: number;
  readonly text: string;
}

/**
 * The changes of one shape, in an append-only file of batches. A batch is a header and the messages of one transaction,
 * or of a part of a large one, as JSON joined by commas. An answer consists of slices of the file.
 *
 * A batch can be read as soon as it is committed; `flush` writes it to the file. The replication slot sends again what a
 * crash has lost, and `end` says which of these transactions the file holds already.
 */
export class ShapeLog {
  readonly #path: string;
  readonly #pageBytes: number;
  readonly #index: LogIndex;
  #end: LogOffset = snapshotEndOffset;
  /** The last place whose transaction is complete in the file. */
  #fileEnd: LogOffset = snapshotEndOffset;
  /** The length of the file up to `#fileEnd`. */
  #readableBytes = 0;
  /** The length of the whole file: behind `#readableBytes` are parts of the transaction that is being added. */
  #fileBytes = 0;
  /** The batches that are committed but not in the file yet. */
  #pending: BatchWithBody[] = [];
  /** The batches of the transaction that is being added: `#spilled` are in the file, `#open` are not. */
  #spilled: Batch[] = [];
  #open: BatchWithBody[] = [];
  /** The length of the messages in the last page, those that are being added included; undefined when there are none. */
  #bytesInPage: number | undefined;

  /** @param pageBytes the length at which a page ends; it may differ from one run of the server to the next. */
  constructor(path: string, pageBytes = defaultPageBytes) {
    this.#path = path;
    this.#pageBytes = pageBytes;
    this.#index = new LogIndex(pageBytes);
  }

  /** The place of the last committed message; `0_inf` when there is none. */
  get end(): LogOffset {
    return this.#end;
  }

  /** Reads the file that an earlier run wrote, and cuts off a transaction that the run did not complete. */
  recover(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, "r+");
    try {
      const size = fstatSync(file).size;
      const header = Buffer.allocUnsafe(headerBytes);
      let unfinished: { batch: Batch; position: number }[] = [];
      for (let position = 0; readSync(file, header, 0, headerBytes, position) === headerBytes; ) {
        const batch = decodeHeader(header);
        if (!batch || position + headerBytes + batch.bytes > size) break;
        unfinished.push({ batch, position });
        position += headerBytes + batch.bytes;
        if (!batch.final) continue;
        for (const entry of unfinished) this.#index.add(entry.batch, entry.position);
        unfinished = [];
        this.#readableBytes = position;
        this.#end = lastOf(batch);
      }
      ftruncateSync(file, this.#readableBytes);
      this.#fileBytes = this.#readableBytes;
      this.#fileEnd = this.#end;
    } finally {
      closeSync(file);
    }
  }

  /** Adds messages of the transaction at `tx`. They can be read after `commit`. */
  add(tx: number, messages: LogMessage[]): void {
    let firstOp: number | undefined;
    let texts: string[] = [];
    let bytes = 0;
    for (const [i, { op, text }] of messages.entries()) {
      firstOp ??= op;
      texts.push(text);
      const size = Buffer.byteLength(text);
      bytes += size;
      this.#bytesInPage ??= this.#index.bytesInPage;
      this.#bytesInPage += size;
      const pageEnds = this.#bytesInPage >= this.#pageBytes;
      if (!pageEnds && bytes < batchBytes && i < messages.length - 1) continue;
      if (pageEnds) this.#bytesInPage = 0;
      if (bytesOf(this.#open) > spillBytes) this.#spill();
      const body = Buffer.from(texts.join(messageSeparator));
      this.#open.push({
        tx,
        firstOp,
        lastOp: op,
        final: false,
        bytes: body.length,
        count: texts.length,
        body,
      });
      firstOp = undefined;
      texts = [];
      bytes = 0;
    }
  }

  /** Makes the added messages readable. */
  commit(): void {
    const unfinished = this.#open.pop();
    if (!unfinished) return;
    const last = { ...unfinished, final: true };
    this.#open.push(last);
    let position = this.#readableBytes;
    if (this.#spilled.length > 0) {
      // The rest goes to the file at once, since a reader must find whole transactions there.
      this.#write(this.#open);
      this.#readableBytes = this.#fileBytes;
      this.#fileEnd = lastOf(last);
    } else {
      position += bytesOf(this.#pending);
      this.#pending.push(...this.#open);
    }
    for (const batch of [...this.#spilled, ...this.#open]) {
      this.#index.add(batch, position);
      position += headerBytes + batch.bytes;
    }
    this.#spilled = [];
    this.#open = [];
    this.#bytesInPage = undefined;
    this.#end = lastOf(last);
  }

  /** Drops the messages that were added and not committed. */
  rollback(): void {
    this.#open = [];
    this.#bytesInPage = undefined;
    if (this.#spilled.length === 0) return;
    this.#spilled = [];
    const file = openSync(this.#path, "r+");
    ftruncateSync(file, this.#readableBytes);
    closeSync(file);
    this.#fileBytes = this.#readableBytes;
  }

  /**
   * Writes the committed batches to the file.
   *
   * @throws when the file cannot be written, as on a full disk. The batches can still be read, and the next call writes them
   */
  flush(): void {
    const last = this.#pending.at(-1);
    if (!last) return;
    this.#write(this.#pending);
    this.#pending = [];
    this.#readableBytes = this.#fileBytes;
    this.#fileEnd = lastOf(last);
  }

  /** Where an answer to a client at `offset` ends: at the end of the page, or of the log for the last page. */
  pageEnd(offset: LogOffset): LogOffset {
    return this.#index.pageEnd(offset) ?? this.#end;
  }

  /** The messages behind `after` up to `until`, the end of a page: JSON texts that separators join. */
  read(after: LogOffset, until: LogOffset): Buffer[] {
    const found: Buffer[] = [];
    /** Takes the wanted messages of a batch; false when the batch lies behind `until`. */
    const take = (batch: Batch, body: () => Buffer): boolean => {
      if (compareOffsets(lastOf(batch), after) <= 0) return true;
      if (compareOffsets(lastOf(batch), until) > 0) return false;
      const partly = after.tx === batch.tx && after.op >= batch.firstOp;
      found.push(partly ? messagesAfter(batch, body(), after.op) : body());
      return true;
    };
    if (this.#readableBytes > 0 && compareOffsets(after, this.#fileEnd) < 0) this.#readFile(after, take);
    for (const batch of this.#pending) if (!take(batch, () => batch.body)) break;
    return found;
  }

  #readFile(after: LogOffset, take: (batch: Batch, body: () => Buffer) => boolean): void {
    const file = openSync(this.#path, "r");
    try {
      const header = Buffer.allocUnsafe(headerBytes);
      for (let position = this.#index.positionFor(after); position < this.#readableBytes; ) {
        readSync(file, header, 0, headerBytes, position);
        const batch = decodeHeader(header);
        if (!batch) throw new Error(`The log ${this.#path} is damaged at byte ${position}.`);
        const start = position + headerBytes;
        const body = () => {
          const bytes = Buffer.allocUnsafe(batch.bytes);
          readSync(file, bytes, 0, batch.bytes, start);
          return bytes;
        };
        if (!take(batch, body)) return;
        position = start + batch.bytes;
      }
    } finally {
      closeSync(file);
    }
  }

  #spill(): void {
    this.flush();
    this.#write(this.#open);
    this.#spilled.push(...this.#open.map(({ body: _, ...batch }) => batch));
    this.#open = [];
  }

  #write(batches: BatchWithBody[]): void {
    const file = openSync(this.#path, "a");
    const before = this.#fileBytes;
    try {
      let parts = batches.flatMap((batch) => [encodeHeader(batch), batch.body]);
      while (parts.length > 0) {
        let written = writevSync(file, parts.slice(0, 512));
        this.#fileBytes += written;
        // The system may write less than it was given.
        while (parts[0] && written >= parts[0].length) {
          written -= parts[0].length;
          parts = parts.slice(1);
        }
        if (parts[0] && written > 0) parts[0] = parts[0].subarray(written);
      }
    } catch (error) {
      // A full disk took a part. What is written next must follow the last whole batch.
      ftruncateSync(file, before);
      this.#fileBytes = before;
      throw error;
    } finally {
      closeSync(file);
    }
  }
}

const lastOf = (batch: Batch): LogOffset => ({ tx: batch.tx, op: batch.lastOp });

const bytesOf = (batches: Batch[]) => batches.reduce((sum, batch) => sum + headerBytes + batch.bytes, 0);
