import type { Definition } from "../definition/definition.ts";
import { compareOffsets, type LogOffset, snapshotEndOffset } from "../log/offset.ts";
import type { ShapeLog } from "../log/shape-log.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { SnapshotPages } from "../snapshot/snapshot-pages.ts";
import type { Moves } from "../subqueries/moves.ts";

/** Somebody who waits for a shape to change. */
export interface Waiter {
  /** The log grew. */
  changed(): void;
  /** The shape is over; the client must start again. */
  retired(): void;
}

/** A shape that exists: a definition with a handle, a snapshot and a log. */
export class Shape {
  readonly handle: string;
  readonly definition: Definition;
  readonly pages: SnapshotPages;
  readonly log: ShapeLog;
  /** What the snapshot saw; null until it is taken. */
  snapshot: Snapshot | null = null;
  /** Of a shape with sub-queries: what takes in its changes. */
  moves: Moves | null = null;
  /** Transactions before this one, counted as they arrive, must be in the snapshot. */
  readonly firstTransaction: number;
  /** The furthest place that a client has been told of. */
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

  get waiting(): number {
    return this.#waiters.size;
  }

  get told(): LogOffset {
    return this.#told;
  }

  tell(offset: LogOffset): void {
    if (compareOffsets(offset, this.#told) > 0) this.#told = offset;
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  stopWaiting(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** Wakes those who wait, after the log has grown. */
  announce(): void {
    for (const waiter of [...this.#waiters]) waiter.changed();
  }

  /** Ends the shape. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    for (const waiter of [...this.#waiters]) waiter.retired();
    this.#waiters.clear();
    this.pages.abandon();
  }
}
