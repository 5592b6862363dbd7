import { readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { dropMigration, requireInStep, takeBack } from "./migrations.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { type Change, openStage } from "./stage.ts";
import { relationsOf } from "./taken.ts";
import { filesOf, schemaModule } from "./template.ts";
import { format, refreshRouteTree } from "./tools.ts";
import { rooms, unwired } from "./wiring.ts";

/** What is to change in the project, and whether the table's migration simply goes. */
export interface Removal {
  changes: Change[];
  /** true: the migration that made the table was deleted; false: a new one drops the table. */
  tookBack: boolean;
}

/**
 * Takes a table out again, beside the project: the project is only read.
 *
 * @param names must name the table as it was made; see `schemaFileOf`
 * @throws Refusal when the table was not made by the pattern, or something else uses it
 */
export async function removeTable(root: string, names: Names): Promise<Removal> {
  const files = filesOf(names);
  await requireUnused(root, names);

  await using stage = await openStage(root);
  await requireInStep(stage.folder);
  const tookBack = await takeBack(stage.folder, root, names.table);
  for (const path of Object.values(files)) {
    await rm(join(stage.folder, path)).catch(() => {
      throw new Refusal(`${path} is not there: take the rest out by hand.`);
    });
  }
  await removeIfEmpty(dirname(join(stage.folder, files.schema)));
  for (const room of rooms) {
    const file = join(stage.folder, room.path);
    await writeFile(file, unwired(room, await readFile(file, "utf8"), names));
  }
  await format(
    stage.folder,
    rooms.map(({ path }) => path),
  );
  if (!tookBack) await dropMigration(stage.folder, names.table);
  await refreshRouteTree(stage.folder);
  return { changes: await stage.changes(), tookBack };
}

/**
 * Where a table's schema file lies, as `namesOf` takes it.
 *
 * @throws Refusal when there is no such table, or its file holds others too
 */
export async function schemaFileOf(
  root: string,
  table: string,
): Promise<{ domain: string; singular: string }> {
  const relations = await relationsOf(root);
  const path = relations.get(table);
  if (!path) throw new Refusal(`There is no table "${table}".`);
  const tables = (await readFile(join(root, path), "utf8")).match(/\bpgTable\(/g);
  if (tables?.length !== 1) throw new Refusal(`${path} holds several tables: take "${table}" out by hand.`);
  return { domain: basename(dirname(path)), singular: basename(path, ".sql.ts").replaceAll("-", "_") };
}

/** Refuses when a file other than the table's own imports it. What uses its collection, the type check finds. */
async function requireUnused(root: string, names: Names): Promise<void> {
  const own = [...Object.values(filesOf(names)), ...rooms.map(({ path }) => path)];
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
    throw new Refusal(`"${names.table}" is used elsewhere: ${users.join(", ")}. Take it out there first.`);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
