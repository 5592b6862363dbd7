import { and, isNull, or } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { type Access, access } from "./access.ts";

/**
 * Declares that rows which were deleted softly are hidden from everybody who cannot restore them. Whoever may change a
 * row deletes the row by a time in the column, restores the row by `null`, and reads the row meanwhile.
 *
 * @param deletedAt the column with the time of the deletion
 * @param rule who reads and who changes the rows otherwise
 */
export function softDelete(deletedAt: PgColumn, rule: Access): Access {
  const { readable } = access((userId) =>
    or(and(isNull(deletedAt), rule.readable(userId)), rule.writable(userId)),
  );
  return { ...rule, readable };
}
