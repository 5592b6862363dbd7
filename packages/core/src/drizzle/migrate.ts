import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
    if ((await missingOn(client, migrationsFolder)).length > 0) await apply(client, migrationsFolder);
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

/** Applies what is missing. Drizzle has over a hundred modules, which a database that lacks nothing does without. */
async function apply(client: pg.Client, migrationsFolder: string): Promise<void> {
  const [{ drizzle }, { migrate: run }] = await Promise.all([
    import("drizzle-orm/node-postgres"),
    import("drizzle-orm/node-postgres/migrator"),
  ]);
  await run(drizzle(client), { migrationsFolder });
}

/**
 * Finds the migrations that a database lacks.
 *
 * @returns the names of their files, without `.sql`, in their order
 * @throws the database's error when the database is unreachable
 */
export async function missingMigrations(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await missingOn(client, generated);
  } finally {
    await client.end();
  }
}

async function missingOn(client: pg.Client, migrationsFolder: string): Promise<string[]> {
  const text = await readFile(join(migrationsFolder, "meta/_journal.json"), "utf8");
  const { entries }: { entries: { tag: string; when: number }[] } = JSON.parse(text);
  const newest = await newestOn(client);
  return entries.filter(({ when }) => when > newest).map(({ tag }) => tag);
}

/** When the last applied migration was written, in milliseconds since 1970. Drizzle applies those that are newer. */
async function newestOn(client: pg.Client): Promise<number> {
  const record = "drizzle.__drizzle_migrations";
  const { rows: tables } = await client.query<{ there: boolean }>(
    "select to_regclass($1) is not null as there",
    [record],
  );
  if (!tables[0]?.there) return 0;
  const { rows } = await client.query<{ newest: string | null }>(
    `select max(created_at) as newest from ${record}`,
  );
  return Number(rows[0]?.newest ?? 0);
}
