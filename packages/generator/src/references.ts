import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pluralize, singularize } from "inflection";
import type { Column } from "./columns.ts";
import { relationsOf } from "./name-conflicts.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";

/**
 * Looks up the tables that columns refer to, and gives each such column the type of the other table's id.
 *
 * @param root the project's folder
 * @param names the names of the table that has the columns
 * @throws Refusal when there is no such table, or none with a plain `id`
 */
export async function withTargets(root: string, names: Names, columns: readonly Column[]): Promise<Column[]> {
  const relations = await relationsOf(root);
  return Promise.all(
    columns.map((column) => (column.references ? withTarget(root, names, relations, column) : column)),
  );
}

async function withTarget(
  root: string,
  names: Names,
  relations: ReadonlyMap<string, string>,
  column: Column,
): Promise<Column> {
  const { references: table = "", name, nullable } = column;
  if (table === names.table) {
    if (nullable) return { ...column, builder: { name: "uuid" }, target: { table: names.singular } };
    throw new Refusal(
      `The column "${name}" refers to its own table, so no first row could be added. Write ${name}:references(${table})?`,
    );
  }
  const path = relations.get(table);
  const declared = new RegExp(
    `export const (\\w+) = pgTable\\(\\s*"${table}",\\s*\\{\\s*id: (\\w+)\\("id"\\)`,
  );
  const [, exported, id] = path ? (declared.exec(await readFile(join(root, path), "utf8")) ?? []) : [];
  if (!path || !exported || (id !== "uuid" && id !== "text")) {
    const near = [...relations.keys()].find((one) => pluralize(one) === table || singularize(one) === table);
    const hint = near ? ` Did you mean references(${near})?` : "";
    const why = path
      ? `"${table}" in ${path} is no table with a plain id.`
      : `There is no table "${table}".${hint}`;
    throw new Refusal(`The column "${name}": ${why}`);
  }
  const module = `../${basename(dirname(path))}/${basename(path)}`;
  return { ...column, builder: { name: id }, target: { table: exported, module } };
}
