import "@tanstack/react-start/server-only";
import { db } from "@tracer/core/drizzle/database";
import journal from "@tracer/core/migrations/journal";
import { sql } from "drizzle-orm";
import { electricUrl } from "~/lib/electric-proxy";
import { isStopping } from "~/lib/server/http/stopping";

/** What keeps a process from serving people. The words are fixed, because strangers read them. */
export type Unready =
  | "the database does not answer"
  | "the database lacks migrations"
  | "electric does not answer"
  | "electric is starting"
  | "this process is stopping";

/** How long one check may take, in milliseconds. A part that has not answered by then counts as silent. */
const checkTime = 2_000;

/** How long the result of a check serves everybody who asks, in milliseconds. */
const memory = 1_000;

/**
 * Makes a function that finds what keeps this process from serving people: an unreachable database, a database without
 * the newest migration, or an Electric that does not answer.
 *
 * The check costs one statement and one request, at most once a second, however many ask. The check takes two seconds at
 * most, and never rejects.
 */
export function readiness(): () => Promise<readonly Unready[]> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let result: Promise<readonly Unready[]> | undefined;
  let pending = false;
  return async () => {
    if (isStopping()) return ["this process is stopping"];
    if (result && (pending || performance.now() - checkedAt < memory)) return result;
    pending = true;
    result = checkAll().finally(() => {
      pending = false;
      checkedAt = performance.now();
    });
    return result;
  };
}

async function checkAll(): Promise<readonly Unready[]> {
  const found = await Promise.all([
    inTime(checkDatabase(), "the database does not answer"),
    inTime(checkElectric(AbortSignal.timeout(checkTime)), "electric does not answer"),
  ]);
  return found.filter((reason) => reason !== undefined);
}

/** Gives the result of a check, or the reason when the check fails or takes too long. */
async function inTime(check: Promise<Unready | undefined>, reason: Unready): Promise<Unready | undefined> {
  const late = Promise.withResolvers<Unready>();
  const timer = setTimeout(() => late.resolve(reason), checkTime);
  return Promise.race([check.catch(() => reason), late.promise]).finally(() => clearTimeout(timer));
}

async function checkDatabase(): Promise<Unready | undefined> {
  // Drizzle records when a migration was written. The table is missing before the first migration.
  const { rows } = await db.execute<{ newest: string | null }>(
    sql`select max(created_at) as newest from drizzle.__drizzle_migrations`,
  );
  const wanted = Math.max(...journal.entries.map(({ when }) => when));
  return Number(rows[0]?.newest ?? 0) < wanted ? "the database lacks migrations" : undefined;
}

/** Electric answers 200 when it serves, and 202 while it starts. A hosted Electric may hide its health behind a 4xx. */
async function checkElectric(signal: AbortSignal): Promise<Unready | undefined> {
  const answer = await fetch(electricUrl("/v1/health"), { signal });
  await answer.body?.cancel();
  if (answer.status === 202 || answer.status === 503) return "electric is starting";
  return answer.status >= 500 ? "electric does not answer" : undefined;
}
