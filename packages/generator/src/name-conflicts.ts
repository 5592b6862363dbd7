import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pluralize, singularize } from "inflection";
import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { enumTypeName } from "./schema-file.ts";
import { schemaFiles, schemaFolder } from "./schema-files.ts";
import { pathsOf } from "./table-paths.ts";

/**
 * Refuses a table whose names are taken by another table, an enum type, a route or a file.
 *
 * @param root the project's folder
 * @throws Refusal with the file that has the name
 */
export async function requireFree(root: string, names: Names, columns: readonly Column[]): Promise<void> {
  const known = await relationsOf(root);
  for (const [name, path] of known) {
    if (name === names.table) throw new Refusal(`There is a table or type "${name}" already, in ${path}.`);
    if (pluralize(name) === names.table || singularize(name) === names.table) {
      throw new Refusal(`"${names.table}" is too close to "${name}" in ${path}: one is the other's plural.`);
    }
  }
  for (const column of columns.filter(({ labels }) => labels)) {
    const type = enumTypeName(names, column);
    const path = type === names.table ? "this very table" : known.get(type);
    if (path) throw new Refusal(`The enum type "${type}" is taken by ${path}.`);
  }
  for (const path of Object.values(pathsOf(names))) {
    if (existsSync(join(root, path))) throw new Refusal(`${path} exists already.`);
  }
  const folder = `packages/web/src/routes/api/${names.slug}`;
  if (existsSync(join(root, folder))) throw new Refusal(`/api/${names.slug} is taken by ${folder}.`);
}

/** Finds the tables, enum types and views that the schema files declare, each with the path of its file. */
export async function relationsOf(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of await schemaFiles(root)) {
    const text = await readFile(join(root, schemaFolder, file), "utf8");
    for (const [, name] of text.matchAll(/\bpg(?:Table|Enum|View|MaterializedView)\(\s*["']([^"']+)["']/g)) {
      if (name) found.set(name, `${schemaFolder}/${file}`);
    }
  }
  return found;
}
