import { readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Change } from "./change.ts";
import { isInLastCommit } from "./committed.ts";
import { writeDerivedFiles } from "./derived-files.ts";
import { isAsGenerated } from "./generated-files.ts";
import { deleteCreateMigration, requireCompleteMigrations, writeDropMigration } from "./migrations.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { registries, withoutTable } from "./registries.ts";
import { pathsOf } from "./table-paths.ts";
import { usesOf } from "./table-uses.ts";
import { format, refreshRouteTree } from "./tools.ts";
import { openWorkingCopy } from "./working-copy.ts";

/** The changes that remove a table from the project, and what becomes of the table's migration. */
export interface Removal {
  readonly changes: Change[];
  /** true: the migration that created the table was deleted; false: a new migration drops the table. */
  readonly migrationDeleted: boolean;
}

/**
 * Removes a table in a working copy. The project itself is only read.
 *
 * @param root the project's folder
 * @param names the names that the table was made with; see `schemaFileOf`
 * @param options.discard whether to delete also what a person wrote into the table's files and did not commit
 * @throws Refusal when the table does not follow the pattern, when something else uses the table, or when work would be
 *   lost
 */
export async function removeTable(
  root: string,
  names: Names,
  { discard = false }: { discard?: boolean } = {},
): Promise<Removal> {
  const paths = pathsOf(names);
  await requireUnused(root, names);

  await using copy = await openWorkingCopy(root);
  await requireCompleteMigrations(copy.folder);
  const migrationDeleted = await deleteCreateMigration(copy.folder, root, names.table);
  for (const path of Object.values(paths)) {
    await rm(join(copy.folder, path)).catch(() => {
      throw new Refusal(`${path} does not exist. Remove the rest of the table by hand.`);
    });
  }
  await removeIfEmpty(dirname(join(copy.folder, paths.schema)));
  for (const registry of registries) {
    const file = join(copy.folder, registry.path);
    await writeFile(file, withoutTable(registry, await readFile(file, "utf8"), names));
  }
  await format(
    copy.folder,
    registries.map(({ path }) => path),
  );
  if (!migrationDeleted) await writeDropMigration(copy.folder, names.table);
  await writeDerivedFiles(copy.folder);
  await refreshRouteTree(copy.folder);
  const changes = await copy.changes();
  if (!discard) await requireSaved(root, names, changes);
  return { changes, migrationDeleted };
}

/** Refuses when anything but the table's own files uses the table. */
async function requireUnused(root: string, names: Names): Promise<void> {
  const uses = await usesOf(root, names);
  if (uses.length === 0) return;
  const lines = uses.map(({ path, line, text }) => `  ${path}:${line}  ${text}`);
  throw new Refusal(`Other files use "${names.table}". Change these places first:\n${lines.join("\n")}`);
}

/**
 * Refuses to delete what nobody could bring back: a file that is in no commit as it is now, and that is no longer as the
 * generator wrote it.
 */
async function requireSaved(root: string, { table }: Names, changes: readonly Change[]): Promise<void> {
  const lost: string[] = [];
  for (const { path, after } of changes) {
    // drizzle-kit wrote the snapshots, and writes them again.
    if (after !== undefined || path.includes("/meta/")) continue;
    if (!(await isInLastCommit(root, path)) && !(await isAsGenerated(root, path))) lost.push(path);
  }
  if (lost.length === 0) return;
  throw new Refusal(
    `These files hold work that is in no commit:\n${lost.map((path) => `  ${path}`).join("\n")}\nCommit the work first, or delete it for good: npm run remove:table -- ${table} --discard`,
  );
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
