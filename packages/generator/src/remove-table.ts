import { readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Change } from "./change.ts";
import { deleteCreateMigration, requireCompleteMigrations, writeDropMigration } from "./migrations.ts";
import { relationsOf } from "./name-conflicts.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { registries, withoutTable } from "./registries.ts";
import { pathsOf, schemaModule } from "./table-paths.ts";
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
 * @throws Refusal when the table does not follow the pattern, or when something else uses it
 */
export async function removeTable(root: string, names: Names): Promise<Removal> {
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
  await refreshRouteTree(copy.folder);
  return { changes: await copy.changes(), migrationDeleted };
}

/**
 * Finds a table's schema file.
 *
 * @returns the folder and the singular, as `namesOf` takes them
 * @throws Refusal when there is no such table, or when its schema file declares several tables
 */
export async function schemaFileOf(
  root: string,
  table: string,
): Promise<{ domain: string; singular: string }> {
  const relations = await relationsOf(root);
  const path = relations.get(table);
  if (!path) throw new Refusal(`There is no table "${table}".`);
  const tables = (await readFile(join(root, path), "utf8")).match(/\bpgTable\(/g);
  if (tables?.length !== 1) throw new Refusal(`${path} declares several tables. Remove "${table}" by hand.`);
  return { domain: basename(dirname(path)), singular: basename(path, ".sql.ts").replaceAll("-", "_") };
}

/**
 * Refuses when a file other than the table's own imports its schema file. The type check finds uses of its collection.
 */
async function requireUnused(root: string, names: Names): Promise<void> {
  const own = [...Object.values(pathsOf(names)), ...registries.map(({ path }) => path)];
  const { file } = names;
  const users: string[] = [];
  for (const folder of ["packages/core/src", "packages/web/src", "packages/web/test"]) {
    for (const entry of await readdir(join(root, folder), { recursive: true })) {
      const path = `${folder}/${entry.replaceAll("\\", "/")}`;
      if (!/\.tsx?$/.test(path) || own.includes(path)) continue;
      const text = await readFile(join(root, path), "utf8");
      if (text.includes(`"${schemaModule(names)}"`) || text.includes(`/${file}.sql.ts"`)) users.push(path);
    }
  }
  if (users.length > 0) {
    throw new Refusal(`Other files use "${names.table}": ${users.join(", ")}. Change these files first.`);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
