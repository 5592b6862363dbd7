import { type SQL, sql } from "drizzle-orm";

/** A condition on a table's own columns for the rows that a user may touch. Drizzle's `or()` may return `undefined`. */
export type Rule = (userId: string) => SQL | undefined;

/** Who may read and who may change the rows of a table. */
export interface Access {
  readonly readable: (userId: string) => SQL;
  readonly writable: (userId: string) => SQL;
}

/**
 * Declares who may read and who may change the rows of a table. The table's shape and its mutations use the same
 * declaration, so they cannot disagree.
 *
 * @param readable the rows that are synced to a user. It may contain only what Electric accepts in a `where`:
 *   comparisons, `and`, `or`, `in (select …)` on other tables, arrays; no functions of time
 * @param writable the rows among them that the user may also change; by default all of them
 * @returns both rules; each throws when it is called and has no condition
 */
export function access(readable: Rule, writable: Rule = readable): Access {
  return {
    readable: (userId) => required(readable(userId)),
    // A user may change only rows that they can read: the sync could never confirm a write to any other row.
    // The parentheses are needed: a rule in raw SQL may hold an `or`, which binds less than the `and`.
    writable: (userId) => sql`((${required(readable(userId))}) and (${required(writable(userId))}))`,
  };
}

/** Throws when a condition is absent. A query without a condition would give every row to everybody. */
function required(condition: SQL | undefined): SQL {
  if (condition) return condition;
  throw new Error("An access rule gave no condition.");
}
