import type { Pool, PoolClient } from "pg";
import { SnapshotError } from "../errors/snapshot-error.ts";
import { parseSnapshot, type Snapshot } from "./visibility.ts";

const snapshotAttempts = 50;

/** Decides whether a snapshot is recent enough to be used. */
export type Accept = (snapshot: Snapshot) => boolean;

/**
 * Runs `work` in a read-only transaction that sees one state of the database, and commits the transaction.
 *
 * @param accept is given the snapshot before anything is read. When it returns false, the snapshot came too early and
 *   another one is taken.
 * @returns what `work` returns.
 * @throws SnapshotError when no snapshot is accepted; whatever `work` or the database throws.
 */
export async function readTransaction<T>(
  pool: Pool,
  accept: Accept,
  work: (client: PoolClient, snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    const result = await work(client, await begin(client, accept));
    await client.query("COMMIT");
    broken = false;
    return result;
  } finally {
    // A session in an unknown state is closed and not used again.
    client.release(broken);
  }
}

async function begin(client: PoolClient, accept: Accept): Promise<Snapshot> {
  for (let attempt = 0; attempt < snapshotAttempts; attempt++) {
    const results: unknown = await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text AS value;
       SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text AS value`,
    );
    const [seen, lsn] = valuesOf(results);
    const snapshot = parseSnapshot(seen ?? "", Number(lsn));
    if (accept(snapshot)) return snapshot;
    await client.query("ROLLBACK");
    await new Promise((resolve) => setTimeout(resolve, 1 + attempt));
  }
  throw new SnapshotError("No snapshot shows what the replication stream has sent already.");
}

/** The column `value` of every row of every statement. */
function valuesOf(results: unknown): string[] {
  const values: string[] = [];
  for (const result of Array.isArray(results) ? results : []) {
    for (const row of result.rows ?? []) if (typeof row.value === "string") values.push(row.value);
  }
  return values;
}
