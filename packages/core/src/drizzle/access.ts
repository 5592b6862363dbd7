import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Guard } from "./guard.ts";

/** A condition on a table's own columns for the rows that a user may touch. Drizzle's `or()` may return `undefined`. */
export type Rule = (userId: string) => SQL | undefined;

/** Who may read and who may change the rows of a table. */
export interface Access {
  /** The rows that are synced to a user. */
  readonly readable: (userId: string) => SQL;
  /** The rows that a user may change, as the rows are before the change. */
  readonly writable: (userId: string) => SQL;
  /** The rows that a user may delete. */
  readonly deletable: (userId: string) => SQL;
  /** The rows that a user may leave behind: a new row after its insert, and a changed row after its change. */
  readonly result: (userId: string) => SQL;
  /** The row of another table that the server adds with each new row, such as the membership of its maker. */
  readonly founding?: (row: Readonly<Record<string, unknown>>, userId: string) => NewRow;
  /** Set when the rows are memberships, of which a person has one in a parent. */
  readonly memberships?: true;
  /** What a condition cannot say about a write. The guard runs in the transaction of the write. */
  readonly guard?: Guard;
}

/** A row to add, by the keys of the table's columns. */
export interface NewRow {
  readonly table: PgTable;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Declares who may read and who may change the rows of a table. The table's shape and its mutations use the same
 * declaration, so they cannot disagree.
 *
 * @param readable the rows that are synced to a user. It may contain only what Electric accepts in a `where`:
 *   comparisons, `and`, `or`, `in (select …)` on other tables, arrays; no functions of time
 * @param writable the rows among them that the user may also change; by default all of them
 * @param deletable the rows among the readable ones that the user may also delete; by default the writable rows
 * @returns the rules; each throws when it is called and has no condition
 */
export function access(readable: Rule, writable: Rule = readable, deletable: Rule = writable): Access {
  // A user may change only rows that they can read: the sync could never confirm a write to any other row.
  // The parentheses are needed: a rule in raw SQL may hold an `or`, which binds less than the `and`.
  const among = (rule: Rule) => (userId: string) =>
    sql`((${required(readable(userId))}) and (${required(rule(userId))}))`;
  return {
    readable: (userId) => required(readable(userId)),
    writable: among(writable),
    deletable: among(deletable),
    result: among(writable),
  };
}

/**
 * Declares who may read rows that nobody writes by this rule. A view of a table, for people who see a part of its
 * columns, has such a rule.
 *
 * @param readable as for {@link access}
 */
export function readOnly(readable: Rule): Access {
  return access(readable, () => sql`false`);
}

/** Throws when a condition is absent. A query without a condition would give every row to everybody. */
export function required(condition: SQL | undefined): SQL {
  if (condition) return condition;
  throw new Error("An access rule gave no condition.");
}
