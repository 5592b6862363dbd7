import "@tanstack/react-start/server-only";
import { rateLimit } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { sql } from "drizzle-orm";
import type { Rate } from "~/lib/server/load/take-one";
import { logFailure } from "~/lib/server/log-failure";

/**
 * A bucket of attempts, which fills up with time. An empty bucket refuses an attempt until the next attempt has come back.
 * Postgres keeps the buckets, so that all processes see the same ones.
 */
export interface Bucket extends Rate {
  readonly key: string;
}

/** How often one process deletes the buckets that are full again, in milliseconds. */
const pruneInterval = 10 * 60_000;

let lastPruned = performance.now();

/** The buckets that were empty, with the time by `performance.now()` until which nobody need ask the database again. */
const empty = new Map<string, number>();

/** How many empty buckets one process remembers. */
const greatestCount = 10_000;

/**
 * Takes one attempt out of each bucket, with one statement, or out of none when a bucket is empty.
 *
 * The column `last_request` holds the moment at which the bucket is full again (GCRA): an attempt moves the moment by the
 * time in which an attempt comes back. `count` is the number of attempts since the bucket was full.
 *
 * @returns undefined when the attempt is allowed, else after how many seconds to try again
 */
export async function takeAttempt(buckets: readonly Bucket[]): Promise<number | undefined> {
  const known = buckets.filter(({ key }) => (empty.get(key) ?? 0) > performance.now());
  if (known.length > 0) return waitFor(known);
  const asked = buckets.map(({ key, attempts, comesBack }) => ({
    key,
    comesBack,
    room: attempts * comesBack,
  }));
  const { rows } = await db.execute<{ key: string }>(sql`
    with asked as (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked (key text, "comesBack" bigint, room bigint)
    ), clock as (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now)
    insert into ${rateLimit} as held (id, key, count, last_request)
    select gen_random_uuid()::text, key, 1, now + "comesBack" from asked, clock order by key
    on conflict (key) do update set
      count = case when held.last_request <= (select now from clock) then 1 else held.count + 1 end,
      last_request = greatest(held.last_request, (select now from clock))
        + (select "comesBack" from asked where asked.key = excluded.key)
    where greatest(held.last_request, (select now from clock))
      + (select "comesBack" - room from asked where asked.key = excluded.key) <= (select now from clock)
    returning key`);
  void prune();
  const taken = new Set(rows.map(({ key }) => key));
  const refused = buckets.filter(({ key }) => !taken.has(key));
  if (refused.length === 0) return undefined;
  const charged = buckets.filter(({ key }) => taken.has(key));
  if (charged.length > 0) await giveBack(charged);
  for (const { key, comesBack } of refused) remember(key, Math.min(comesBack, 1_000));
  return waitFor(refused);
}

/** Gives each bucket an attempt back, such as after a proof that was right. */
export async function giveBack(buckets: readonly Bucket[]): Promise<void> {
  const given = buckets.map(({ key, comesBack }) => ({ key, comesBack }));
  await db.execute(sql`
    update ${rateLimit} as held set count = greatest(held.count - 1, 0), last_request = held.last_request - given."comesBack"
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given (key text, "comesBack" bigint)
    where held.key = given.key`);
  for (const { key } of buckets) empty.delete(key);
}

/** The bucket gives nothing before its next attempt comes back, which takes this long at most. */
function waitFor(refused: readonly Bucket[]): number {
  return Math.max(1, ...refused.map(({ comesBack }) => Math.ceil(comesBack / 1000)));
}

/** Remembers an empty bucket for a moment, so that a flood of attempts costs no flood of statements. */
function remember(key: string, milliseconds: number): void {
  const [oldest] = empty.keys();
  if (empty.size >= greatestCount && oldest !== undefined) empty.delete(oldest);
  empty.delete(key);
  empty.set(key, performance.now() + milliseconds);
}

async function prune(): Promise<void> {
  if (performance.now() - lastPruned < pruneInterval) return;
  lastPruned = performance.now();
  try {
    await db.execute(
      sql`delete from ${rateLimit} where last_request < (extract(epoch from clock_timestamp()) * 1000)::bigint`,
    );
  } catch (error) {
    logFailure("counted attempts could not be pruned", error);
  }
}
