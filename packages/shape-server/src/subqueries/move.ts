/** One value of a sub-query: the columns that it selects, of one of its rows. Several rows may have one value. */
export type Value = (string | null)[];

/** The values that a sub-query has gained and lost. */
export interface ValueChange {
  readonly added: Value[];
  readonly removed: Value[];
}

/**
 * A move: a sub-query has gained or lost values, so that rows of the shape come in or go out without a change of their
 * own. `index` is the sub-query's number in the condition, `lsn` and `xid` are those of the transaction that caused the
 * move.
 */
export interface Move {
  readonly index: number;
  readonly values: Value[];
  readonly kind: "gain" | "loss";
  readonly lsn: number;
  readonly xid: number;
}
