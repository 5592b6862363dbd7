import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as run } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

/** The folder of the generated migrations. */
const generated = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Applies the migrations that a database lacks. Waits while another process does the same.
 *
 * @param databaseUrl a direct (not pooled) URL of a role that may create tables
 * @param migrationsFolder where the migrations are, for a build that holds them in another place than the sources do
 * @throws the database's error when the database is unreachable or a statement fails; the whole run is rolled back
 */
export async function migrate(databaseUrl: string, migrationsFolder = generated): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Postgres releases the lock when the session ends, even if the process dies. The number is arbitrary.
    await client.query("select pg_advisory_lock(7310219)");
    await run(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}

/**
 * Finds the migrations that a database lacks.
 *
 * @returns the names of their files, without `.sql`, in their order
 * @throws the database's error when the database is unreachable
 */
export async function missingMigrations(databaseUrl: string): Promise<string[]> {
  const text = await readFile(join(generated, "meta/_journal.json"), "utf8");
  const { entries }: { entries: { tag: string; when: number }[] } = JSON.parse(text);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ newest: string | null }>(
      "select max(created_at) as newest from drizzle.__drizzle_migrations",
    );
    // Drizzle records when a migration was written, and applies those that are newer than the last one.
    const newest = Number(rows[0]?.newest ?? 0);
    return entries.filter(({ when }) => when > newest).map(({ tag }) => tag);
  } finally {
    await client.end();
  }
}
