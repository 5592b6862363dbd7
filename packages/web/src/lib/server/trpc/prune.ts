import "@tanstack/react-start/server-only";
import { db } from "@tracer/core/drizzle/database";
import { sql } from "drizzle-orm";
import { logFailure } from "~/lib/server/log-failure";
import { outcomeDays } from "~/lib/wire/push";

/** How often one server process looks for old records, in milliseconds. */
const pruneInterval = 10 * 60_000;

/** How many records one look removes, so that the statement stays short. */
const pruneLimit = 1_000;

let lastPruned = 0;

/**
 * Removes what became of client transactions that are older than {@link outcomeDays}, at most once in an interval. Call
 * it when a write has been answered, and do not wait for it.
 */
export async function pruneOutcomes(now = Date.now()): Promise<void> {
  if (now - lastPruned < pruneInterval) return;
  lastPruned = now;
  try {
    // Rows that another process is removing are left to that process.
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
