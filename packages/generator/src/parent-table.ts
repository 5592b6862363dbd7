import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseColumns } from "./columns.ts";
import { schemaFileOf } from "./find-schema-file.ts";
import { maxBytes, namesOf } from "./names.ts";
import { Refusal } from "./refusal.ts";
import type { Parent } from "./table-definition.ts";
import { pathsOf } from "./table-paths.ts";

/**
 * Finds the parent of a new table.
 *
 * @param root the project's folder
 * @param parent the name of the parent in Postgres, which `--in` gives
 * @param table the name of the new table in Postgres
 * @throws Refusal when there is no such table, when the table does not follow the pattern, or when a name is taken
 */
export async function parentOf(root: string, parent: string, table: string): Promise<Parent> {
  const names = await namesOf(parent, await schemaFileOf(root, parent));
  const path = pathsOf(names).schema;
  const text = await readFile(join(root, path), "utf8");
  if (!text.includes(`export const ${names.singular}Access =`)) {
    throw new Refusal(
      `${path} exports no ${names.singular}Access, the rule that the rows of ${table} follow.`,
    );
  }
  if (!/\bid: uuid\("id"\)\.primaryKey\(\)/.test(text)) {
    throw new Refusal(`${path}: the key of a parent is a column id: uuid("id").primaryKey().`);
  }
  const [column] = await parseColumns(`${names.file.replaceAll("-", "_")}_id:uuid`);
  if (!column) throw new Error("A list of one column was read as none.");
  // Drizzle's name for the foreign key.
  const key = `${table}_${column.name}_${parent}_id_fk`;
  if (key.length > maxBytes) {
    throw new Refusal(`The foreign key "${key}" is longer than ${maxBytes} bytes. Choose a shorter name.`);
  }
  return { names, column };
}
