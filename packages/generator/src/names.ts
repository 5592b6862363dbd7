import { runInNewContext } from "node:vm";
import { camelize, dasherize, pluralize, singularize } from "inflection";
import { ts } from "ts-morph";
import { isPlainColumn, isPlainTable } from "./postgres-words.ts";
import { Refusal } from "./refusal.ts";

/** The names of one table, in each place where it appears. */
export interface Names {
  /** In Postgres: `floor_plans`. */
  table: string;
  /** In the URL, and in the names of the route's and the router's file: `floor-plans`. */
  slug: string;
  /** The collection and the router's entry: `floorPlans`. */
  plural: string;
  /** The Drizzle table: `floorPlan`. */
  singular: string;
  /** One row: `FloorPlan`. */
  type: string;
  /** The folder in `packages/core/src`: `floor-plan`. */
  domain: string;
  /** The schema file's name without `.sql.ts`: `floor-plan`. */
  file: string;
}

/** Postgres cuts longer names without an error. */
export const maxBytes = 63;
/** The end of the longest name that Drizzle makes from a table's name, that of the foreign key. */
const longestSuffix = "_user_id_user_id_fk";

const spelling = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * Derives a table's names, and refuses a name that does not work in every place.
 *
 * @param table the name in Postgres, plural and in snake_case
 * @param options.singular the name of one row in snake_case, where the rules of English do not give it
 * @param options.domain the folder in `packages/core/src`; by default the singular
 * @throws Refusal with what is wrong and, where there is one, a name that works
 */
export async function namesOf(
  table: string,
  options: { singular?: string; domain?: string } = {},
): Promise<Names> {
  requireSpelling("table", table);
  const longest = maxBytes - longestSuffix.length;
  if (table.length > longest) {
    throw new Refusal(
      `"${table}" has ${table.length} characters. Use at most ${longest}: Postgres cuts names at ${maxBytes} bytes, and the foreign key is named ${table.slice(0, 8)}…${longestSuffix}.`,
    );
  }
  if (table.startsWith("pg_")) throw new Refusal(`"${table}": Postgres reserves names that begin with pg_.`);
  if (!(await isPlainTable(table))) throw new Refusal(`"${table}" is a reserved word of SQL.`);

  if (options.singular !== undefined) requireSpelling("row", options.singular);
  const row = options.singular ?? singularize(table);
  if (options.singular === undefined && pluralize(table) !== table) {
    throw new Refusal(
      `Tables are named in the plural: did you mean "${pluralize(table)}"? If "${table}" is a plural, name one row: --singular ${row}`,
    );
  }
  const domain = options.domain ?? dasherize(row);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(domain)) {
    throw new Refusal(`The domain "${domain}" must be in kebab-case, such as "floor-plan".`);
  }

  const names = {
    table,
    slug: dasherize(table),
    plural: camelCase(table),
    singular: camelCase(row),
    type: camelize(row),
    domain,
    file: dasherize(row),
  };
  for (const name of [names.singular, names.plural]) {
    if (isReservedInTypeScript(name)) {
      throw new Refusal(`"${name}" is a reserved word of TypeScript, or cannot be the name of an export.`);
    }
  }
  if (isGlobal(names.type)) {
    throw new Refusal(`The type "${names.type}" would hide JavaScript's own ${names.type}.`);
  }
  return names;
}

/**
 * Refuses a column's name that does not work in every place.
 *
 * @throws Refusal
 */
export async function requireColumnName(name: string): Promise<void> {
  requireSpelling("column", name);
  if (name.length > maxBytes) throw new Refusal(`The column "${name}" is longer than ${maxBytes} bytes.`);
  if (systemColumns.has(name)) throw new Refusal(`Postgres has a system column "${name}" in every table.`);
  if (!(await isPlainColumn(name))) throw new Refusal(`The column "${name}" is a reserved word of SQL.`);
}

/** https://www.postgresql.org/docs/current/ddl-system-columns.html */
const systemColumns = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/** `floor_plans` as `floorPlans`. */
export function camelCase(snake: string): string {
  return camelize(snake, true);
}

/** `floorPlan` or `floor_plan` as `FloorPlan`. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + camelCase(name).slice(1);
}

function requireSpelling(what: string, name: string): void {
  if (spelling.test(name)) return;
  const better = name
    .trim()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "");
  const hint = spelling.test(better) ? ` Did you mean "${better}"?` : "";
  throw new Refusal(
    `The ${what} name ${JSON.stringify(name)} must be in snake_case: lower-case letters and digits, words joined by one underscore, a letter first.${hint}`,
  );
}

function isReservedInTypeScript(name: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, name);
  const token = scanner.scan();
  const { FirstReservedWord, LastFutureReservedWord } = ts.SyntaxKind;
  // These are not keywords, but a module cannot export them: `await` takes a module that exports "then" for a promise.
  const special = ["await", "arguments", "eval", "undefined", "then"];
  return (token >= FirstReservedWord && token <= LastFutureReservedWord) || special.includes(name);
}

function isGlobal(name: string): boolean {
  const globals: unknown = runInNewContext("Object.getOwnPropertyNames(globalThis)");
  return Array.isArray(globals) && globals.includes(name);
}
