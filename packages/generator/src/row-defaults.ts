import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Column, getTableColumns, is, SQL } from "drizzle-orm";
import { PgDialect, PgNumeric, PgTable } from "drizzle-orm/pg-core";
import { schemaFiles, schemaFolder } from "./schema-files.ts";
import { format } from "./tools.ts";

/** The file that this module writes, from the project's root. */
export const rowDefaultsPath = `${schemaFolder}/row-defaults.gen.ts`;

const head = `// Written from the tables by \`npm run db:generate\`, \`npm run new:table\` and \`npm run remove:table\`.
// The browser has no Drizzle, so \`newRow\` takes from here what Postgres puts into a row where nothing else is said.
`;

/**
 * Writes the file that says what a new row of each table holds where nothing else is said.
 *
 * @param root the folder of the project or of a copy
 */
export async function writeRowDefaults(root: string): Promise<void> {
  await writeFile(join(root, rowDefaultsPath), await rowDefaults(root));
  await format(root, [rowDefaultsPath]);
}

/** The text of the file, for the columns that reach the browser. Biome has not formatted the text yet. */
export async function rowDefaults(root: string): Promise<string> {
  const files = await schemaFiles(root);
  const tables = await Promise.all(files.map((file) => tablesIn(root, file)));
  const imports = ['import type { RowDefaults } from "./new-row.ts";'];
  const declarations: string[] = [];
  for (const { file, name, type, table, synced } of tables.flat()) {
    imports.push(`import type { ${type} } from "./${file}";`);
    declarations.push(declaration(name, type, table, synced));
  }
  return [head, imports.join("\n"), ...declarations].join("\n");
}

interface SyncedTable {
  readonly file: string;
  /** The Drizzle table: `project`. */
  readonly name: string;
  /** One row: `Project`. */
  readonly type: string;
  readonly table: PgTable;
  /** The keys of the columns that reach the browser. */
  readonly synced: readonly string[];
}

/** Finds the tables of a schema file that have a select schema: `project` and `selectProjectSchema`. */
async function tablesIn(root: string, file: string): Promise<SyncedTable[]> {
  const module: Record<string, unknown> = await import(pathToFileURL(join(root, schemaFolder, file)).href);
  return Object.entries(module).flatMap(([name, table]) => {
    const type = name.charAt(0).toUpperCase() + name.slice(1);
    const schema = module[`select${type}Schema`];
    if (!is(table, PgTable) || !isObjectSchema(schema)) return [];
    return [{ file, name, type, table, synced: Object.keys(schema.shape) }];
  });
}

function isObjectSchema(value: unknown): value is { shape: object } {
  return typeof value === "object" && value !== null && "shape" in value;
}

function declaration(name: string, type: string, table: PgTable, synced: readonly string[]): string {
  const values = Object.entries(getTableColumns(table)).flatMap(([key, column]) => {
    const value = synced.includes(key) ? defaultOf(column) : undefined;
    return value === undefined ? [] : [{ key, value }];
  });
  const keys = values.map(({ key }) => JSON.stringify(key)).join(" | ") || "never";
  const entries = values.map(({ key, value }) => `${key}: ${value}`).join(",\n");
  return `\nexport const ${name}Defaults: RowDefaults<${type}, ${keys}> = () => ({\n${entries}\n});\n`;
}

/** What Postgres puts into a column where nothing else is said, as source text. Undefined when a person must say it. */
function defaultOf(column: Column): string | undefined {
  const type = column.getSQLType();
  if (column.primary && type === "uuid") return "crypto.randomUUID()";
  if (is(column.default, SQL)) return computed(new PgDialect().sqlToQuery(column.default).sql, type);
  if (column.default !== undefined) return literal(column, column.default);
  return column.notNull ? undefined : "null";
}

/** The few computed defaults that a browser can compute alike. */
function computed(text: string, type: string): string | undefined {
  if (text === "now()" && type.startsWith("timestamp")) return "new Date()";
  if (text === "gen_random_uuid()") return "crypto.randomUUID()";
  return type === "bigint" && /^-?\d+$/.test(text) ? `${text}n` : undefined;
}

function literal(column: Column, value: unknown): string {
  if (value instanceof Date) return `new Date(${JSON.stringify(value)})`;
  if (is(column, PgNumeric) && column.scale) return JSON.stringify(withDigits(String(value), column.scale));
  return JSON.stringify(value);
}

/** Writes a numeric with as many digits after the point as its column keeps. */
function withDigits(text: string, scale: number): string {
  const [whole, fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(scale, "0")}`;
}
