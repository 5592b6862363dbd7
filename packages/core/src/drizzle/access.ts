import { type SQL, sql } from "drizzle-orm";

/** Rows that a user may touch, as a condition on the table's own columns. `undefined` is what `or()` may give. */
export type Rule = (userId: string) => SQL | undefined;

/** Who may read and who may change the rows of a table. */
export interface Access {
  readable: (userId: string) => SQL;
  writable: (userId: string) => SQL;
}

/**
 * Writes down once who may do what with a table's rows. The table's shape and its mutations both take it from here,
 * so that they cannot drift apart.
 *
 * @param readable the rows that are synced to a user. Only what Electric accepts in a `where`: comparisons, `and`, `or`,
 *   `in (select …)` on other tables, arrays; no functions of time
 * @param writable the rows among them that the user may also change; by default all
 * @returns both rules; they throw when they are asked and have no condition to give
 */
export function access(readable: Rule, writable: Rule = readable): Access {
  return {
    readable: (userId) => said(readable(userId)),
    // A write to a row that does not come back could never be confirmed, and would be invisible to its author.
    // In brackets of our own: a rule that was written as raw SQL may hold an "or" that binds less than the "and".
    writable: (userId) => sql`((${said(readable(userId))}) and (${said(writable(userId))}))`,
  };
}

/** An absent condition would be left out of a query, and give everybody everything. */
function said(condition: SQL | undefined): SQL {
  if (condition) return condition;
  throw new Error("An access rule gave no condition.");
}
