import { eventOf } from "../definition/projection.ts";
import { toRow } from "../definition/row.ts";
import { finish, type Message } from "../log/messages.ts";
import type { LogMessage } from "../log/shape-log.ts";
import { type Snapshot, sees } from "../postgres/visibility.ts";
import type { Begin, Cell, Relation, RowChange, Truncate } from "../replication/pgoutput.ts";
import type { Change } from "../subqueries/transaction.ts";
import type { Row } from "../where/syntax/condition.ts";
import { getOrInsert } from "./get-or-insert.ts";
import { RecentTransactions } from "./recent-transactions.ts";
import type { Shape } from "./shape.ts";
import type { ShapeIndex } from "./shape-index.ts";
import { StreamedTable } from "./streamed-table.ts";

/** So many characters of a transaction are kept in memory for a shape before they go to the shape's log. */
const keptChars = 1024 * 1024;

/** What one transaction adds to one shape. */
interface Addition {
  readonly shape: Shape;
  messages: LogMessage[];
  chars: number;
  /** The last message so far: whether it stays the last of the transaction decides how it ends. */
  last: Message | undefined;
}

/** What a transaction adds to a shape whose snapshot is still being taken, unless the snapshot shows the transaction. */
interface Early {
  readonly lsn: number;
  readonly xid: number;
  readonly addition: Addition;
}

/** What `Ingest` needs from the rest of the engine. */
export interface IngestEvents {
  /** These shapes must end. */
  retire(shapes: Iterable<Shape>, reason: string): void;
  /** The log of a shape has grown. */
  grown(shape: Shape): void;
}

/** Takes in the replication stream: each transaction goes to the logs of the shapes that it concerns. */
export class Ingest {
  readonly #index: ShapeIndex;
  readonly #events: IngestEvents;
  readonly #tables = new Map<number, StreamedTable>();
  #transaction: { lsn: number; xid: number; op: number } | null = null;
  #additions = new Map<Shape, Addition>();
  /** The transaction's changes for the shapes with sub-queries. Such shapes take in whole transactions. */
  #forMoves = new Map<Shape, Change[]>();
  readonly #early = new Map<Shape, Early[]>();
  /** How many transactions have begun to arrive. */
  #count = 0;
  readonly #recent = new RecentTransactions();
  /** The commit LSN of the last transaction that has been taken in. */
  lastLsn = 0;

  constructor(index: ShapeIndex, events: IngestEvents) {
    this.#index = index;
    this.#events = events;
  }

  /** The number of the next transaction, the first one for a shape that is made now. */
  get nextTransaction(): number {
    return this.#count + 1;
  }

  /** True when a shape takes in changes of this table, so that its rows must be decoded. */
  readonly wants = (oid: number): boolean => this.#index.concerns(oid);

  begin(message: Begin): void {
    this.#count++;
    this.#transaction = { lsn: message.lsn, xid: message.xid, op: 0 };
  }

  /** The stream describes a table; `pk` is undefined when no shape uses the table. */
  relation(relation: Relation, pk: string[] | undefined): void {
    this.#tables.set(relation.oid, new StreamedTable(relation, pk));
  }

  change(change: RowChange): void {
    const transaction = this.#transaction;
    const streamed = this.#tables.get(change.oid);
    if (!transaction || !streamed) return;
    const op = transaction.op;
    transaction.op += 2;
    const { relation } = streamed;
    // Only REPLICA IDENTITY FULL gives the old row, and what has changed is unknown without the old row.
    if (change.tag !== "insert" && (!change.old || !relation.full)) {
      const shapes = [...this.#index.ofTable(change.oid)].filter((shape) => this.#listens(shape));
      this.#events.retire(shapes, "its table has no REPLICA IDENTITY FULL");
      return;
    }
    const now = change.new && fillUnchanged(change.new, change.old);
    let oldRow: Row | null = null;
    let newRow: Row | null = null;
    for (const shape of this.#index.candidates(relation, change.old, now)) {
      if (!this.#listens(shape)) continue;
      if (shape.moves) {
        const pk = streamed.pkFor(shape.definition);
        getOrInsert(this.#forMoves, shape, () => []).push({ relation, pk, op, old: change.old, now });
        continue;
      }
      const { where } = shape.definition;
      if (where) {
        oldRow ??= change.old && toRow(relation, change.old);
        newRow ??= now && toRow(relation, now);
      }
      const was = change.old !== null && (!where || (oldRow !== null && where.matches(oldRow)));
      const is = now !== null && (!where || (newRow !== null && where.matches(newRow)));
      const event = eventOf(change.old, now, was, is);
      if (!event) continue;
      const projection = streamed.projectionFor(shape.definition);
      this.#add(shape, projection.messages(event, { ...transaction, op }));
    }
  }

  truncate(message: Truncate): void {
    if (!this.#transaction) return;
    for (const oid of message.oids) {
      this.#transaction.op += 2;
      const shapes = [...this.#index.ofTable(oid)].filter((shape) => this.#listens(shape));
      this.#events.retire(shapes, "its table was truncated");
    }
  }

  commit(): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    this.#transaction = null;
    this.lastLsn = Math.max(this.lastLsn, transaction.lsn);
    this.#recent.add(transaction.xid, this.#count);
    const forMoves = this.#forMoves;
    this.#forMoves = new Map();
    for (const [shape, changes] of forMoves) shape.moves?.take({ ...transaction, changes });
    if (this.#additions.size === 0) return;
    const additions = [...this.#additions.values()];
    this.#additions = new Map();
    const grown = additions.filter((addition) => this.#settle(addition, transaction.lsn, transaction.xid));
    // Every log is complete before the first client is answered.
    for (const { shape } of grown) this.#events.grown(shape);
  }

  /** The snapshot of a shape is known: now it can be said which of the early transactions the snapshot does not show. */
  snapshotKnown(shape: Shape): void {
    const early = this.#early.get(shape) ?? [];
    this.#early.delete(shape);
    const grown = early.filter(({ addition, lsn, xid }) => this.#settle(addition, lsn, xid));
    if (grown.length > 0) this.#events.grown(shape);
  }

  /** The stream broke off. It will send the unfinished transaction again from the start. */
  interrupt(): void {
    this.#transaction = null;
    for (const { shape } of this.#additions.values()) shape.log.rollback();
    this.#additions = new Map();
    this.#forMoves = new Map();
    this.#tables.clear();
  }

  /** False when the snapshot does not show a transaction that had arrived before the shape was made. */
  acceptsSnapshot(shape: Shape, snapshot: Snapshot): boolean {
    return this.#recent.areShownBefore(shape.firstTransaction, snapshot);
  }

  /** True when the snapshot shows everything that the stream has sent up to the transaction `xid`. */
  covers(snapshot: Snapshot, xid: number): boolean {
    return this.#recent.areShownUpTo(xid, snapshot);
  }

  #listens(shape: Shape): boolean {
    const transaction = this.#transaction;
    if (!transaction || this.#count < shape.firstTransaction || shape.isRetired) return false;
    if (shape.moves) return true;
    // After a restart the stream sends transactions again that the log has.
    if (shape.log.end.tx >= transaction.lsn) return false;
    return !(shape.snapshot && sees(shape.snapshot, transaction.xid, transaction.lsn));
  }

  /** Puts what a transaction adds into the shape's log; false when the addition does not belong there, or not yet. */
  #settle(addition: Addition, lsn: number, xid: number): boolean {
    const { shape } = addition;
    if (shape.isRetired) {
      this.#early.delete(shape);
      return false;
    }
    if (!shape.snapshot) {
      getOrInsert(this.#early, shape, () => []).push({ addition, lsn, xid });
      return false;
    }
    // The snapshot shows the transaction, or the stream sent the transaction twice because it had broken off.
    if (sees(shape.snapshot, xid, lsn) || shape.log.end.tx >= lsn) {
      shape.log.rollback();
      return false;
    }
    if (addition.last) addition.messages.push({ op: addition.last.op, text: finish(addition.last, true) });
    shape.log.add(lsn, addition.messages);
    shape.log.commit();
    return true;
  }

  #add(shape: Shape, messages: Message[]): void {
    const lsn = this.#transaction?.lsn ?? 0;
    for (const message of messages) {
      let addition = this.#additions.get(shape);
      if (!addition) {
        addition = { shape, messages: [], chars: 0, last: undefined };
        this.#additions.set(shape, addition);
      }
      if (addition.last) {
        const text = finish(addition.last, false);
        addition.messages.push({ op: addition.last.op, text });
        addition.chars += text.length;
        if (addition.chars >= keptChars && shape.snapshot) {
          shape.log.add(lsn, addition.messages);
          addition.messages = [];
          addition.chars = 0;
        }
      }
      addition.last = message;
    }
  }
}

/** The new row with its large values: the stream does not send those that an update left alone, but the old row has them. */
function fillUnchanged(now: Cell[], old: Cell[] | null): Cell[] {
  return now.includes(undefined) ? now.map((cell, i) => (cell === undefined ? old?.[i] : cell)) : now;
}
