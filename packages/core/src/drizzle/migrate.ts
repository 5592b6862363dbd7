import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as run } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

/** Folder of the generated migrations. */
const migrationsFolder = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Brings a database to the newest schema. Waits while another process is doing the same.
 *
 * @param databaseUrl direct (not pooled) URL of a role that may create tables
 * @throws the database's error when it is unreachable or a statement fails; what had been applied in that run is undone
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Held by the session, so it is released even when the process dies. The number is arbitrary.
    await client.query("select pg_advisory_lock(7310219)");
    await run(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}
