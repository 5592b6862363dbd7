import { codeOf } from "../errors/error-code.ts";
import { SetupError } from "../errors/setup-error.ts";
import { sqlState } from "../postgres/sqlstate.ts";

/**
 * Translates a refusal by the database for the person who set the database up.
 *
 * @returns a `SetupError` with advice when only a person can help; any other `error` unchanged.
 */
export function explain(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const setupError = (text: string, advice: string) => new SetupError(text, advice, { cause: error });
  switch (codeOf(error)) {
    case sqlState.invalidPassword:
    case sqlState.invalidAuthorizationSpecification:
      return setupError(
        `The database refuses the connection: ${message}.`,
        "Check the user, the password and pg_hba.conf; the role needs REPLICATION.",
      );
    case sqlState.invalidCatalogName:
      return setupError(`${message}.`, "Check the name of the database in DATABASE_URL.");
    case sqlState.insufficientPrivilege:
      return setupError(
        `The role lacks a privilege that replication needs: ${message}.`,
        "Give the role the REPLICATION attribute, CREATE on the database and ownership of the tables.",
      );
    case sqlState.configurationLimitExceeded:
      return setupError(`${message}.`, "Raise max_replication_slots, or drop a slot that nobody uses.");
    default:
      return error;
  }
}
