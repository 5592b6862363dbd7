import { codeOf } from "../errors/error-code.ts";
import { sqlState } from "../postgres/sqlstate.ts";

/** True of an error that says: a table is not what it was when its shape was defined. */
export function isSchemaChange(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = codeOf(error) ?? codeOf(cause);
  return (
    code === sqlState.undefinedTable ||
    code === sqlState.undefinedColumn ||
    code === sqlState.undefinedFunction
  );
}
