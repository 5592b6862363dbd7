import "@tanstack/react-start/server-only";
import { session } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { and, gt, inArray, sql } from "drizzle-orm";
import type { CallerSession } from "~/lib/server/auth/caller";

interface Question {
  token: string;
  answer: (stands: boolean) => void;
  fail: (error: unknown) => void;
}

let asked: Question[] = [];

/**
 * Asks the database whether a session still stands: neither ended nor expired, and its user is there. One statement
 * answers all who ask at the same moment, as when a change wakes many polls.
 *
 * @throws when the database cannot be reached
 */
export function stillStands({ token }: CallerSession): Promise<boolean> {
  return new Promise((answer, fail) => {
    if (asked.length === 0) setImmediate(ask);
    asked.push({ token, answer, fail });
  });
}

async function ask(): Promise<void> {
  const questions = asked;
  asked = [];
  try {
    const tokens = [...new Set(questions.map(({ token }) => token))];
    const rows = await db
      .select({ token: session.token })
      .from(session)
      .where(and(inArray(session.token, tokens), gt(session.expiresAt, sql`now()`)));
    const standing = new Set(rows.map((row) => row.token));
    for (const { token, answer } of questions) answer(standing.has(token));
  } catch (error) {
    for (const { fail } of questions) fail(error);
  }
}
