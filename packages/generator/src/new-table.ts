import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createMigration, requireInStep } from "./migrations.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { type Change, openStage } from "./stage.ts";
import { requireFree } from "./taken.ts";
import { renderTable, type Shape } from "./template.ts";
import { format, refreshRouteTree } from "./tools.ts";
import { rooms, wired } from "./wiring.ts";

/**
 * Makes everything that a new table needs, beside the project: the project is only read.
 *
 * @param root the project's folder
 * @returns what to change in the project
 * @throws Refusal when the table cannot be
 */
export async function newTable(root: string, names: Names, shape: Shape): Promise<Change[]> {
  await requireFree(root, names, shape.columns);
  const written = await renderTable(names, shape);
  for (const room of rooms) {
    written[room.path] = wired(room, await readFile(join(root, room.path), "utf8"), names);
  }

  await using stage = await openStage(root);
  await requireInStep(stage.folder);
  for (const [path, text] of Object.entries(written)) {
    const file = join(stage.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await format(stage.folder, Object.keys(written));
  await createMigration(stage.folder, names.table);
  await refreshRouteTree(stage.folder);
  const tree = await readFile(join(stage.folder, "packages/web/src/routeTree.gen.ts"), "utf8");
  if (!tree.includes(`'/api/${names.slug}'`)) {
    throw new Refusal(
      `The router does not take ${names.slug}.ts for the route /api/${names.slug}. Choose another name.`,
    );
  }
  return await stage.changes();
}
