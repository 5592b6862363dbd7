import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Column, getTableColumns, is, SQL, type SQLChunk } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { TypedQueryBuilder } from "drizzle-orm/query-builders/query-builder";
import { Refusal } from "./refusal.ts";
import { schemaFiles, schemaFolder } from "./schema-files.ts";
import { migrationsFolder } from "./snapshots.ts";
import { format } from "./tools.ts";

/** The file that this module writes, from the project's root. */
export const publishedColumnsPath = `${migrationsFolder}/published-columns.json`;

/**
 * Writes the file that says which columns Electric reads: what select schemas send to the browser, and what rules compare.
 * Each run of the migrations lets Electric's role read these columns and no others.
 *
 * @param root the folder of the project or of a copy
 * @throws Refusal when a synced table is outside of the schema `public`
 */
export async function writePublishedColumns(root: string): Promise<void> {
  const columns = new Set<Column>();
  for (const file of await schemaFiles(root)) {
    const module: object = await import(pathToFileURL(join(root, schemaFolder, file)).href);
    for (const column of publishedBy(new Map(Object.entries(module)))) columns.add(column);
  }
  await writeFile(join(root, publishedColumnsPath), JSON.stringify(byTable(columns)));
  await format(root, [publishedColumnsPath]);
}

/** The columns that the select schemas and the rules of a schema file name. */
function publishedBy(exported: ReadonlyMap<string, unknown>): Column[] {
  return [...exported].flatMap(([name, value]) => {
    if (isRule(value)) return columnsIn(value.readable("")).all;
    const type = /^select(\w+)Schema$/.exec(name)?.[1];
    if (!type || !isObjectSchema(value)) return [];
    const columns = getTableColumns(tableOf(exported, type.charAt(0).toLowerCase() + type.slice(1)));
    return Object.keys(value.shape).flatMap((key) => columns[key] ?? []);
  });
}

/** The table of a select schema. A view of another table has a rule of its own, whose columns are of that table. */
function tableOf(exported: ReadonlyMap<string, unknown>, name: string): PgTable {
  const table = exported.get(name);
  if (is(table, PgTable)) return table;
  const rule = exported.get(`${name}Access`);
  const [column] = isRule(rule) ? columnsIn(rule.readable("")).own : [];
  if (column && is(column.table, PgTable)) return column.table;
  throw new Refusal(
    `The table of the select schema for ${name} is unknown. Export ${name} or ${name}Access.`,
  );
}

interface Columns {
  /** The columns outside of sub-queries, which belong to the table of the condition. */
  readonly own: readonly Column[];
  readonly all: readonly Column[];
}

/** Finds the columns that a condition compares. */
function columnsIn(chunk: SQLChunk): Columns {
  if (is(chunk, Column)) return { own: [chunk], all: [chunk] };
  if (is(chunk, TypedQueryBuilder)) return { own: [], all: columnsIn(chunk.getSQL()).all };
  const parts = is(chunk, SQL) ? chunk.queryChunks : Array.isArray(chunk) ? chunk : [];
  const found = parts.map(columnsIn);
  return { own: found.flatMap(({ own }) => own), all: found.flatMap(({ all }) => all) };
}

function byTable(columns: ReadonlySet<Column>): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { table, name } of columns) {
    if (!is(table, PgTable)) continue;
    const { name: tableName, schema } = getTableConfig(table);
    if (schema)
      throw new Refusal(`${schema}.${tableName} is synced. Synced tables are in the schema public.`);
    names.set(tableName, (names.get(tableName) ?? new Set()).add(name));
  }
  const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([table, found]) => [table, [...found].sort()]));
}

function isObjectSchema(value: unknown): value is { shape: object } {
  return typeof value === "object" && value !== null && "shape" in value;
}

function isRule(value: unknown): value is { readable: (userId: string) => SQL } {
  return (
    typeof value === "object" && value !== null && "readable" in value && typeof value.readable === "function"
  );
}
