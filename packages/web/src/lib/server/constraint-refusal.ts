import "@tanstack/react-start/server-only";
import { rootCause } from "@tracer/core/root-cause";
import { TRPCError } from "@trpc/server";

/**
 * What a person is told when the database refused their values; undefined for every other error.
 *
 * @param error what a query rejected with
 */
export function constraintRefusal(error: unknown): TRPCError | undefined {
  const cause = rootCause(error);
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return undefined;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: class 23 is a violated constraint, class 22 a value
  // that its type cannot hold, such as "twelve" for a numeric.
  const code = String(cause.code);
  switch (code.startsWith("22") ? "22" : code) {
    case "23505":
      return new TRPCError({ code: "CONFLICT", message: "There is already an entry with these values." });
    case "23503":
      // A row of another user gets the same answer, so that nobody can find out which rows exist.
      return new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });
    case "22":
    case "23514":
      return new TRPCError({ code: "BAD_REQUEST", message: "These values are not allowed." });
    default:
      return undefined;
  }
}
