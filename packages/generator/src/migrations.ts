import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "./refusal.ts";
import { journalPath, migrationsFolder, readJournal, snapshotPath } from "./snapshots.ts";
import { generateMigration } from "./tools.ts";

/**
 * Refuses to go on when the schema files contain a change that no migration contains. Otherwise the next migration
 * would contain that change as well.
 *
 * @param root the folder of a working copy; the check leaves a migration behind when it throws
 * @throws Refusal
 */
export async function requireCompleteMigrations(root: string): Promise<void> {
  const before = await newestTag(root);
  await generateMigration(root, "check");
  if ((await newestTag(root)) === before) return;
  throw new Refusal(
    "The schema files contain changes that no migration contains. Write the migration first: npm run db:generate",
  );
}

/**
 * Writes the migration that creates a table, with what Drizzle cannot say: the replica identity that Electric needs, and
 * the collation of columns that hold a place in an order.
 *
 * @param orderColumns the names of these columns
 */
export async function writeCreateMigration(
  root: string,
  table: string,
  orderColumns: readonly string[],
): Promise<void> {
  const path = await writeMigration(root, table);
  const statements = orderColumns.reduce(
    (text, column) => text.replace(`"${column}" text`, `"${column}" text COLLATE "C"`),
    await readFile(path, "utf8"),
  );
  // Electric compares a row before and after a change, and sends the whole row when it leaves a shape.
  const identity = `ALTER TABLE "${table}" REPLICA IDENTITY FULL;`;
  await writeFile(path, `${statements.trimEnd()}--> statement-breakpoint\n${identity}\n`);
}

/** Writes the migration that drops a table which the schema files no longer declare. */
export async function writeDropMigration(root: string, table: string): Promise<void> {
  await writeMigration(root, `drop_${table}`);
}

/**
 * Deletes the migration that creates a table, if nobody else can have it: the migration must be the newest, create no
 * other table, and never have been committed.
 *
 * @param copy the folder of the working copy in which the migration is deleted
 * @param root the project's folder, whose git repository shows what was committed
 * @returns whether the migration was deleted
 */
export async function deleteCreateMigration(copy: string, root: string, table: string): Promise<boolean> {
  const journal = await readJournal(copy);
  const newest = journal.entries.at(-1);
  if (!newest?.tag.endsWith(`_${table}`)) return false;
  const path = `${migrationsFolder}/${newest.tag}.sql`;
  const created = (await readFile(join(copy, path), "utf8")).match(/^CREATE TABLE "[^"]+"/gm);
  if (created?.join() !== `CREATE TABLE "${table}"` || (await isCommitted(root, path))) return false;

  await rm(join(copy, path));
  await rm(join(copy, snapshotPath(newest.idx)));
  const entries = journal.entries.slice(0, -1);
  await writeFile(join(copy, journalPath), JSON.stringify({ ...journal, entries }, null, 2));
  return true;
}

async function writeMigration(root: string, name: string): Promise<string> {
  const before = await newestTag(root);
  await generateMigration(root, name);
  const tag = await newestTag(root);
  if (!tag || tag === before) throw new Error(`drizzle-kit wrote no migration for ${name}.`);
  return join(root, migrationsFolder, `${tag}.sql`);
}

/** The name of the newest migration, such as `0001_projects`. */
async function newestTag(root: string): Promise<string | undefined> {
  return (await readJournal(root)).entries.at(-1)?.tag;
}

/** Whether git has a file in its last commit. Without a git repository every file counts as committed. */
async function isCommitted(root: string, path: string): Promise<boolean> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: root });
  return git("rev-parse", "--verify", "HEAD").then(
    () =>
      git("cat-file", "-e", `HEAD:./${path}`).then(
        () => true,
        () => false,
      ),
    () => true,
  );
}
