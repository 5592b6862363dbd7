import "@tanstack/react-start/server-only";
import { session } from "@tracer/core/auth/auth.sql";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import { and, gt, inArray, sql } from "drizzle-orm";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { lineCheckSeconds } from "~/lib/server/limits";

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
    const standing = await standingTokens(questions.map(({ token }) => token));
    for (const { token, answer } of questions) answer(standing.has(token));
  } catch (error) {
    for (const { fail } of questions) fail(error);
  }
}

/**
 * Returns those of the tokens whose sessions stand, with one statement.
 *
 * @param from the transaction that asks, if it is one
 */
export async function standingTokens(
  tokens: readonly string[],
  from: Pick<Transaction, "select"> = db,
): Promise<Set<string>> {
  if (tokens.length === 0) return new Set();
  const rows = await from
    .select({ token: session.token })
    .from(session)
    .where(and(inArray(session.token, [...new Set(tokens)]), gt(session.expiresAt, sql`now()`)));
  return new Set(rows.map(({ token }) => token));
}

interface Watcher {
  session: CallerSession;
  ended: () => void;
}

const watchers = new Set<Watcher>();
let watching: ReturnType<typeof setInterval> | undefined;

/**
 * Watches a session, for a request that is held for long. One statement checks all sessions that are watched, every
 * {@link lineCheckSeconds}. While the database cannot be reached, every session counts as standing.
 *
 * @param ended called once, when the session has ended
 * @returns a function that stops watching
 */
export function watchSession(session: CallerSession, ended: () => void): () => void {
  const watcher = { session, ended };
  watchers.add(watcher);
  watching ??= setInterval(checkWatched, lineCheckSeconds * 1000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(watching);
    watching = undefined;
  };
}

function checkWatched(): void {
  for (const { session, ended } of watchers) {
    stillStands(session).then(
      (stands) => stands || ended(),
      () => {},
    );
  }
}
