import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { relationsOf } from "./name-conflicts.ts";
import { Refusal } from "./refusal.ts";

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
