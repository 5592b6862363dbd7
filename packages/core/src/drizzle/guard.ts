import type { Transaction } from "./database.ts";

/** A write of one row. */
export interface RowWrite {
  readonly act: "insert" | "update" | "delete";
  /** The person who writes. */
  readonly userId: string;
  /** The key of the row. */
  readonly id: unknown;
  /** The new values by the keys of the table's columns. Empty for a delete. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Looks at a write before the write happens, with what only the database knows at that moment. A guard may lock rows.
 *
 * @returns `false` when the person may not write, and otherwise a check for the time after the write
 */
export type Guard = (tx: Transaction, write: RowWrite) => Promise<false | Check>;

/** @throws RuleRefusal when the write must be undone */
export type Check = () => Promise<void>;

/** A write that breaks a rule about several rows. The message is written for the person who made the write. */
export class RuleRefusal extends Error {}
