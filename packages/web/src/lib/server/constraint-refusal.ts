import "@tanstack/react-start/server-only";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import { rootCause } from "@tracer/core/root-cause";
import { TRPCError } from "@trpc/server";
import { FieldRefusal } from "~/lib/server/field-refusal";

/**
 * What a person is told when the database refused their values; undefined for every other error.
 *
 * @param error what a query rejected with
 * @param words what the tables that were written say about their constraints
 */
export function constraintRefusal(error: unknown, words: ConstraintWords = {}): TRPCError | undefined {
  const cause = rootCause(error);
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return undefined;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: class 23 is a violated constraint, class 22 a value
  // that its type cannot hold, such as "twelve" for a numeric.
  const sqlState = String(cause.code);
  const [code, message] = defaults[sqlState.startsWith("22") ? "22" : sqlState] ?? [];
  if (!code || !message) return undefined;
  const word = "constraint" in cause ? words[String(cause.constraint)] : undefined;
  if (!word) return new TRPCError({ code, message });
  return new FieldRefusal(code, word.message, word.field ? { [word.field]: word.message } : {});
}

const defaults: Record<string, [code: TRPCError["code"], message: string]> = {
  "23505": ["CONFLICT", "There is already an entry with these values."],
  // A row of another user gets the same answer, so that nobody can find out which rows exist.
  "23503": ["FORBIDDEN", "You can change only what is yours."],
  // A null in JSON is a value for the schema, and no value for Postgres.
  "23502": ["BAD_REQUEST", "These values are not allowed."],
  "23514": ["BAD_REQUEST", "These values are not allowed."],
  "22": ["BAD_REQUEST", "These values are not allowed."],
};
