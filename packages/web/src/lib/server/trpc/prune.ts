import "@tanstack/react-start/server-only";
import { db } from "@tracer/core/drizzle/database";
import { sql } from "drizzle-orm";
import { logFailure } from "~/lib/server/log-failure";
import { outcomeDays } from "~/lib/wire/push";

/** How long one server process waits before it deletes old records again, in milliseconds. */
const pruneInterval = 10 * 60_000;

/** How many records one statement deletes at most, so that the statement stays short. */
const pruneLimit = 1_000;

let lastPruned = 0;

/**
 * Deletes the outcomes of client transactions that are older than {@link outcomeDays}, at most once in an interval.
 * Call this function after a write, and do not wait for the promise. The promise never rejects.
 */
export async function pruneOutcomes(now = Date.now()): Promise<void> {
  if (now - lastPruned < pruneInterval) return;
  lastPruned = now;
  try {
    // Skips rows that another process is deleting.
    await db.execute(sql`
      delete from client_transaction where (user_id, id) in (
        select user_id, id from client_transaction
        where created_at < now() - make_interval(days => ${outcomeDays})
        order by created_at limit ${pruneLimit} for update skip locked
      )`);
  } catch (error) {
    logFailure("outcomes could not be pruned", error);
  }
}
