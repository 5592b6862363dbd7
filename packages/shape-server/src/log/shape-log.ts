import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writevSync } from "node:fs";
import { type Batch, decodeHeader, encodeHeader, HEADER_BYTES, messagesAfter } from "./batch.ts";
import { LogIndex, PAGE_BYTES } from "./log-index.ts";
import { SEPARATOR } from "./messages.ts";
import { compareOffsets, type LogOffset, SNAPSHOT_END } from "./offset.ts";

/** A transaction that adds more than this to one shape goes to disk before it is complete. */
const SPILL_BYTES = 4 * 1024 * 1024;

/** Batches of large transactions are about this long. */
const BATCH_BYTES = 1024 * 1024;

type PendingBatch = Batch & { body: Buffer };

/** A message and its position in its transaction. */
export type LogMessage = { op: number; text: string };

/**
 * The changes of one shape: an append-only file of batches, each a header and the messages of one transaction (or of a
 * part of a large one) as JSON joined by commas, so that an answer is made of slices of the file.
 *
 * Batches can be read as soon as they are committed; `flush` writes them to the file. What a crash cost is sent again
 * by the replication slot, and `end` tells what of that the file has already.
 */
export class ShapeLog {
  readonly #path: string;
  readonly #index = new LogIndex();
  #end: LogOffset = SNAPSHOT_END;
  /** The file holds everything up to here, in its first `#readableBytes` … */
  #fileEnd: LogOffset = SNAPSHOT_END;
  #readableBytes = 0;
  /** … and behind them, up to here, parts of the transaction that is being added. */
  #fileBytes = 0;
  /** Committed, not yet in the file. */
  #pending: PendingBatch[] = [];
  /** Of the transaction that is being added: `#spilled` is in the file, `#open` is not. */
  #spilled: Batch[] = [];
  #open: PendingBatch[] = [];
  /** How full the last page will be with what is being added. */
  #bytesInPage: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The place of the last committed message; `0_inf` when there is none. */
  get end(): LogOffset {
    return this.#end;
  }

  /** Reads back what an earlier run wrote, and cuts off what it did not finish. */
  recover(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, "r+");
    try {
      const size = fstatSync(file).size;
      const header = Buffer.allocUnsafe(HEADER_BYTES);
      let unfinished: { batch: Batch; position: number }[] = [];
      for (let position = 0; readSync(file, header, 0, HEADER_BYTES, position) === HEADER_BYTES; ) {
        const batch = decodeHeader(header);
        if (!batch || position + HEADER_BYTES + batch.bytes > size) break;
        unfinished.push({ batch, position });
        position += HEADER_BYTES + batch.bytes;
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

  /** Adds messages of the transaction at `tx`, which `commit` makes readable. */
  add(tx: number, messages: LogMessage[]): void {
    let firstOp: number | null = null;
    let texts: string[] = [];
    let bytes = 0;
    for (const [i, { op, text }] of messages.entries()) {
      firstOp ??= op;
      texts.push(text);
      const size = Buffer.byteLength(text);
      bytes += size;
      this.#bytesInPage ??= this.#index.bytesInPage;
      this.#bytesInPage += size;
      const pageEnds = this.#bytesInPage >= PAGE_BYTES;
      if (!pageEnds && bytes < BATCH_BYTES && i < messages.length - 1) continue;
      if (pageEnds) this.#bytesInPage = 0;
      if (bytesOf(this.#open) > SPILL_BYTES) this.#spill();
      const body = Buffer.from(texts.join(SEPARATOR));
      this.#open.push({
        tx,
        firstOp,
        lastOp: op,
        final: false,
        bytes: body.length,
        count: texts.length,
        body,
      });
      firstOp = null;
      texts = [];
      bytes = 0;
    }
  }

  /** Makes what was added readable. */
  commit(): void {
    const last = this.#open.at(-1);
    if (!last) return;
    last.final = true;
    let position = this.#readableBytes;
    for (const batch of this.#spilled) {
      this.#index.add(batch, position);
      position += HEADER_BYTES + batch.bytes;
    }
    if (this.#spilled.length > 0) {
      // a reader must not find the file to end within a transaction
      this.#write(this.#open);
      this.#readableBytes = this.#fileBytes;
      this.#fileEnd = lastOf(last);
    } else {
      position += bytesOf(this.#pending);
      this.#pending.push(...this.#open);
    }
    for (const batch of this.#open) {
      this.#index.add(batch, position);
      position += HEADER_BYTES + batch.bytes;
    }
    this.#spilled = [];
    this.#open = [];
    this.#bytesInPage = null;
    this.#end = lastOf(last);
  }

  /** Forgets what was added and not committed. */
  rollback(): void {
    this.#open = [];
    this.#bytesInPage = null;
    if (this.#spilled.length === 0) return;
    this.#spilled = [];
    const file = openSync(this.#path, "r+");
    ftruncateSync(file, this.#readableBytes);
    closeSync(file);
    this.#fileBytes = this.#readableBytes;
  }

  /** Writes to the file what was committed. */
  flush(): void {
    const last = this.#pending.at(-1);
    if (!last) return;
    this.#write(this.#pending);
    this.#pending = [];
    this.#readableBytes = this.#fileBytes;
    this.#fileEnd = lastOf(last);
  }

  /** Where an answer to a client at `offset` ends: at the end of its page, at last at the end of the log. */
  pageEnd(offset: LogOffset): LogOffset {
    return this.#index.pageEnd(offset) ?? this.#end;
  }

  /** The messages behind `after` up to `until`, which is the end of a page: JSON texts, to be joined by commas. */
  read(after: LogOffset, until: LogOffset): Buffer[] {
    const found: Buffer[] = [];
    /** False when `batch` lies behind what is wanted. */
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
      const header = Buffer.allocUnsafe(HEADER_BYTES);
      for (let position = this.#index.positionFor(after); position < this.#readableBytes; ) {
        readSync(file, header, 0, HEADER_BYTES, position);
        const batch = decodeHeader(header);
        if (!batch) throw new Error(`The log ${this.#path} is damaged at byte ${position}.`);
        const start = position + HEADER_BYTES;
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

  #write(batches: PendingBatch[]): void {
    const file = openSync(this.#path, "a");
    try {
      let parts = batches.flatMap((batch) => [encodeHeader(batch), batch.body]);
      while (parts.length > 0) {
        let written = writevSync(file, parts.slice(0, 512));
        this.#fileBytes += written;
        // a short write: go on behind what was written
        while (parts[0] && written >= parts[0].length) {
          written -= parts[0].length;
          parts = parts.slice(1);
        }
        if (parts[0] && written > 0) parts[0] = parts[0].subarray(written);
      }
    } finally {
      closeSync(file);
    }
  }
}

const lastOf = (batch: Batch): LogOffset => ({ tx: batch.tx, op: batch.lastOp });

const bytesOf = (batches: Batch[]) => batches.reduce((sum, batch) => sum + HEADER_BYTES + batch.bytes, 0);
