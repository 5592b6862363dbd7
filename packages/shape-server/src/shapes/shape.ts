import type { Definition } from "../definition/definition.ts";
import { compareOffsets, type LogOffset, snapshotEndOffset } from "../log/offset.ts";
import type { ShapeLog } from "../log/shape-log.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { SnapshotPages } from "../snapshot/snapshot-pages.ts";
import type { Moves } from "../subqueries/moves.ts";

/** A request that waits for a shape to change. */
export interface Waiter {
  /** The log has grown. */
  changed(): void;
  /** The shape has ended, and the client must start again. */
  retired(): void;
}

/** A shape that exists: a definition with a handle, a snapshot and a log. A retired shape is one that has ended. */
export class Shape {
  readonly handle: string;
  readonly definition: Definition;
  readonly pages: SnapshotPages;
  readonly log: ShapeLog;
  /** Which transactions the snapshot shows; null until the snapshot is taken. */
  snapshot: Snapshot | null = null;
  /** Takes in the changes of a shape with sub-queries; null for other shapes. */
  moves: Moves | null = null;
  /** The number of the first transaction that the log can take in. The snapshot must show all earlier transactions. */
  readonly firstTransaction: number;
  #told: LogOffset = snapshotEndOffset;
  #retired = false;
  readonly #waiters = new Set<Waiter>();
  lastUsed = Date.now();

  constructor(
    handle: string,
    definition: Definition,
    pages: SnapshotPages,
    log: ShapeLog,
    firstTransaction: number,
  ) {
    this.handle = handle;
    this.definition = definition;
    this.pages = pages;
    this.log = log;
    this.firstTransaction = firstTransaction;
  }

  get isRetired(): boolean {
    return this.#retired;
  }

  /** How many requests wait for the shape to change. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** The furthest offset that an answer has told a client. */
  get told(): LogOffset {
    return this.#told;
  }

  /** Notes that an answer tells a client this offset. */
  tell(offset: LogOffset): void {
    if (compareOffsets(offset, this.#told) > 0) this.#told = offset;
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  stopWaiting(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** Wakes the waiting requests, because the log has grown. */
  announce(): void {
    for (const waiter of [...this.#waiters]) waiter.changed();
  }

  /** Ends the shape, and sends the waiting requests away. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    for (const waiter of [...this.#waiters]) waiter.retired();
    this.#waiters.clear();
    this.pages.abandon();
  }
}
