import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "./refusal.ts";
import { generateMigration } from "./tools.ts";

const folder = "packages/core/migrations";
const journalPath = `${folder}/meta/_journal.json`;

interface Journal {
  entries: { idx: number; tag: string }[];
}

/** The name of the newest migration, such as `0001_projects`. */
async function newest(root: string): Promise<string | undefined> {
  const journal: Journal = JSON.parse(await readFile(join(root, journalPath), "utf8"));
  return journal.entries.at(-1)?.tag;
}

/**
 * Refuses to go on when the schema files say something that no migration does: the next one would contain it.
 *
 * @param stage where the check may leave a migration behind when it throws
 */
export async function requireInStep(stage: string): Promise<void> {
  const before = await newest(stage);
  await generateMigration(stage, "check");
  if ((await newest(stage)) === before) return;
  throw new Refusal("The schema has changes that no migration contains. Write it first: npm run db:generate");
}

/** Writes the migration that creates a table, as Electric needs it. */
export async function createMigration(stage: string, table: string): Promise<void> {
  const path = await nextMigration(stage, table);
  const statements = await readFile(path, "utf8");
  // Electric sends the whole of a row that a shape loses, and compares it before and after.
  const identity = `ALTER TABLE "${table}" REPLICA IDENTITY FULL;`;
  await writeFile(path, `${statements.trimEnd()}--> statement-breakpoint\n${identity}\n`);
}

/** Writes the migration that drops a table which is no longer in the schema files. */
export async function dropMigration(stage: string, table: string): Promise<void> {
  await nextMigration(stage, `drop_${table}`);
}

async function nextMigration(stage: string, name: string): Promise<string> {
  const before = await newest(stage);
  await generateMigration(stage, name);
  const tag = await newest(stage);
  if (!tag || tag === before) throw new Error(`drizzle-kit wrote no migration for ${name}.`);
  return join(stage, folder, `${tag}.sql`);
}

/**
 * Takes back the migration that creates a table, if nobody else can have it: when it is the newest, creates nothing
 * else, and was never committed.
 *
 * @param stage the copy to take it out of
 * @param root the project, which knows what was committed
 * @returns whether it did
 */
export async function takeBack(stage: string, root: string, table: string): Promise<boolean> {
  const tag = await newest(stage);
  if (!tag?.endsWith(`_${table}`)) return false;
  const path = `${folder}/${tag}.sql`;
  const created = (await readFile(join(stage, path), "utf8")).match(/^CREATE TABLE "[^"]+"/gm);
  if (created?.join() !== `CREATE TABLE "${table}"` || (await isCommitted(root, path))) return false;

  await rm(join(stage, path));
  await rm(join(stage, folder, "meta", `${tag.split("_")[0]}_snapshot.json`));
  const journal: Journal = JSON.parse(await readFile(join(stage, journalPath), "utf8"));
  journal.entries.pop();
  await writeFile(join(stage, journalPath), JSON.stringify(journal, null, 2));
  return true;
}

/** Without git nobody can tell, and so it counts as committed. */
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
