import { codeOf } from "../replication/errors.ts";

// SQLSTATEs by name: https://www.postgresql.org/docs/current/errcodes-appendix.html
const undefinedTable = "42P01";
const undefinedColumn = "42703";
const undefinedFunction = "42883";

/** True of an error that says: a table is not what it was when its shape was defined. */
export function isSchemaChange(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = codeOf(error) ?? codeOf(cause) ?? "";
  return [undefinedTable, undefinedColumn, undefinedFunction].includes(code);
}
