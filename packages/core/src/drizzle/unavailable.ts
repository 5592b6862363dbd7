import { rootCause } from "../root-cause.ts";

/**
 * Whether an error means that the database cannot serve anybody at the moment, rather than that one statement failed.
 *
 * @param error what a query or a transaction rejected with
 */
export function isUnavailable(error: unknown): boolean {
  const cause = rootCause(error);
  if (typeof cause !== "object" || cause === null) return false;
  // Postgres answered. Connection exceptions, too many connections, shutting down or starting up:
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  if ("severity" in cause && "code" in cause) return /^(08|53|57P)/.test(String(cause.code));
  // Postgres did not. The WebSocket reports that as an event, the driver as an error without a code.
  if (cause instanceof Event) return true;
  return (
    cause instanceof Error &&
    /connection terminated|timeout exceeded|ECONNREFUSED|ECONNRESET/i.test(cause.message)
  );
}
