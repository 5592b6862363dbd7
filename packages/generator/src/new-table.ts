import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Change } from "./change.ts";
import { orderColumns } from "./columns.ts";
import { writeDerivedFiles } from "./derived-files.ts";
import { requireCompleteMigrations, writeCreateMigration } from "./migrations.ts";
import { requireFree } from "./name-conflicts.ts";
import type { Names } from "./names.ts";
import { withTargets } from "./references.ts";
import { Refusal } from "./refusal.ts";
import { registries, withTable } from "./registries.ts";
import type { TableDefinition } from "./table-definition.ts";
import { renderTable } from "./table-files.ts";
import { format, refreshRouteTree } from "./tools.ts";
import { openWorkingCopy } from "./working-copy.ts";

/**
 * Makes everything that a new table needs in a working copy. The project itself is only read.
 *
 * @param root the project's folder
 * @returns the changes that add the table to the project
 * @throws Refusal when the project cannot have such a table
 */
export async function newTable(root: string, names: Names, definition: TableDefinition): Promise<Change[]> {
  await requireFree(root, names, definition.columns);
  const columns = await withTargets(root, names, definition.columns);
  const written = await renderTable(names, { ...definition, columns });
  for (const registry of registries) {
    written[registry.path] = withTable(registry, await readFile(join(root, registry.path), "utf8"), names);
  }

  await using copy = await openWorkingCopy(root);
  await requireCompleteMigrations(copy.folder);
  for (const [path, text] of Object.entries(written)) {
    const file = join(copy.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await format(copy.folder, Object.keys(written));
  await writeCreateMigration(copy.folder, names.table, orderColumns(columns));
  await writeDerivedFiles(copy.folder);
  await refreshRouteTree(copy.folder);
  const tree = await readFile(join(copy.folder, "packages/web/src/routeTree.gen.ts"), "utf8");
  if (!tree.includes(`'/api/${names.slug}'`)) {
    throw new Refusal(
      `The router does not read ${names.slug}.ts as the route /api/${names.slug}. Choose another name.`,
    );
  }
  return await copy.changes();
}
