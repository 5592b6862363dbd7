import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as run } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { applyPrivileges, type PrivilegeOptions, type PublishedColumns } from "./privileges.ts";
import { ensureRoles, lockMigrations } from "./roles.ts";

/** The folder of the generated migrations. */
const generated = fileURLToPath(new URL("../../migrations", import.meta.url));

/** Settings of {@link migrate} that most callers leave as they are. */
export interface MigrateOptions extends PrivilegeOptions {
  /** Where the migrations are, for a build that holds them in another place than the sources do. */
  readonly migrationsFolder?: string;
}

/** What a run of {@link migrate} has done beside the migrations. */
export interface Migrated {
  /**
   * Whether the app and Electric have roles with the least privileges. False when the user of the database may not make
   * roles or give privileges: then the database is as the migrations leave it.
   */
  readonly rolesSeparated: boolean;
}

/**
 * Applies the migrations that a database lacks, and then gives the roles of the app and of Electric the privileges that
 * the tables call for now. Waits while another process does the same.
 *
 * @param databaseUrl a direct (not pooled) URL of a user who may create tables. The user owns the tables
 * @throws the database's error when the database is unreachable or a statement fails. The migrations of the run are rolled
 *   back together; privileges are changed all at once, after them
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<Migrated> {
  const { migrationsFolder = generated, ...privileges } = options;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await lockMigrations(client);
    await run(drizzle(client), { migrationsFolder });
    // The generator writes this file beside the migrations, from the select schemas and the rules of the tables.
    const text = await readFile(join(migrationsFolder, "published-columns.json"), "utf8");
    const published: PublishedColumns = JSON.parse(text);
    const rolesSeparated =
      (await ensureRoles(client)) && (await applyPrivileges(client, published, privileges));
    return { rolesSeparated };
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
