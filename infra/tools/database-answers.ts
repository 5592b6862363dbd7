import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable } from "@tracer/core/drizzle/unavailable";
import pg from "pg";

/** What Node says while a host has no address yet, or nothing listens there. */
const unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"];

/**
 * Waits until a database answers. The database of a first deployment was made seconds ago, and one that sleeps has to wake
 * up.
 *
 * @param url a direct (not pooled) URL
 * @param patience how long to wait, in milliseconds
 * @throws the last error of the connection, once the time is up; any other error at once, such as 28P01 for a wrong password
 */
export async function databaseAnswers(url: string, patience = 90_000): Promise<void> {
  const end = performance.now() + patience;
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
    try {
      await client.connect();
      await client.query("select 1");
      return;
    } catch (error) {
      if (!isTemporary(error) || performance.now() > end) throw error;
      if (attempt === 1) console.log("The database does not answer yet. Waiting …");
      await sleep(1_000);
    } finally {
      await client.end();
    }
  }
}

function isTemporary(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return unreachable.includes(code) || isUnavailable(error);
}
