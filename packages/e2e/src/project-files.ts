import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { generateMigration } from "../../generator/src/tools.ts";

/** Writes a file of a project, and the folders above the file. @param path from the project's root */
export async function write(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/**
 * Writes the migration of a project's new tables.
 *
 * @param name the name of the migration, without its number
 * @param tables the names of the new tables in Postgres
 */
export async function addMigration(folder: string, name: string, tables: readonly string[]): Promise<void> {
  await generateMigration(folder, name);
  const migrations = join(folder, "packages/core/migrations");
  const file = (await readdir(migrations)).find((file) => file.endsWith(`_${name}.sql`));
  if (!file) throw new Error("drizzle-kit wrote no migration.");
  const identities = tables.map((table) => `ALTER TABLE "${table}" REPLICA IDENTITY FULL;`);
  const text = await readFile(join(migrations, file), "utf8");
  await writeFile(join(migrations, file), [text.trimEnd(), ...identities].join("--> statement-breakpoint\n"));
  // A process of its own loads the copy's schema files, and writes what follows from them.
  await promisify(execFile)(process.execPath, ["packages/generator/src/cli.ts", "generate"], { cwd: folder });
}
