import { rootCause } from "../root-cause.ts";

/**
 * Whether an error means that the database is unavailable to everybody, and not only that one statement failed.
 *
 * @param error what a query or a transaction rejected with
 */
export function isUnavailable(error: unknown): boolean {
  const cause = rootCause(error);
  if (typeof cause !== "object" || cause === null) return false;
  // Postgres answered with a connection exception (08), insufficient resources (53) or an operator's intervention, such
  // as a shutdown (57P): https://www.postgresql.org/docs/current/errcodes-appendix.html.
  if ("severity" in cause && "code" in cause) return /^(08|53|57P)/.test(String(cause.code));
  // Postgres did not answer. The WebSocket reports this as an event, the driver as an error without a code.
  if (cause instanceof Event) return true;
  return (
    cause instanceof Error &&
    /connection terminated|timeout exceeded|ECONNREFUSED|ECONNRESET/i.test(cause.message)
  );
}
