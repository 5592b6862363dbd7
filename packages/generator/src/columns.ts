import { snakeCamelMapper } from "@electric-sql/client";
import { defaultValue } from "./column-default.ts";
import { pascalCase, requireColumnName } from "./names.ts";
import { Refusal } from "./refusal.ts";

/** The table that a column refers to, as the schema file of the column sees it. */
export interface Target {
  /** The Drizzle table: `project`. */
  readonly table: string;
  /** The module that exports the table. Absent when the column refers to its own table. */
  readonly module?: string;
}

/** One column of a table, as the schema file declares it. */
export interface Column {
  /** In Postgres: `floor_area`. */
  name: string;
  /** In TypeScript, and in the browser, where Electric's client derives it from the name: `floorArea`. */
  key: string;
  /**
   * The Drizzle function that declares the column, and its options as source text: `{ precision: 12, scale: 2 }`. The
   * function of a reference is not known before the other table has been looked up.
   */
  builder: { name: string; options?: string };
  nullable: boolean;
  /** The labels of an enum column. The schema file declares the enum type. */
  labels?: string[];
  array?: true;
  /** The default value as source text: `0`, `"draft"`. */
  default?: string;
  /** No two rows may have the same value: in the whole table, or among the rows with the same value of a column. */
  unique?: { within?: string };
  /** Whether the column has an index, besides the one that `unique` brings. */
  index?: true;
  /** The table whose rows the column refers to, by its name in Postgres. */
  references?: string;
  /** What `references` names. See `withTargets`. */
  target?: Target;
}

/** Electric's client maps the names with this in the browser. */
const browserNames = snakeCamelMapper();

/** The name in TypeScript of a column: `floorArea` for `floor_area`. */
export function keyOf(column: string): string {
  return browserNames.decode(column);
}

/** The columns that the rows of a person have without being listed. */
const ownedColumns = ["id", "user_id", "member_ids", "created_at", "updated_at"];

/** The columns that rows within a parent have without being listed. @param key the column with the id of the parent */
export function columnsWithin(key: string): string[] {
  return ["id", key, "created_at", "updated_at"];
}

/** The columns that memberships have without being listed. @param key the column with the id of the parent */
export function membershipColumns(key: string): string[] {
  return [...columnsWithin(key), "user_id", "role"];
}

const plainTypes = ["text", "integer", "numeric", "boolean", "uuid", "date", "timestamptz", "jsonb"] as const;

/** The types whose Drizzle function has another name, or needs options. */
const builders: Readonly<Record<string, Column["builder"]>> = {
  // The mode is bigint, because a number loses digits above 2^53.
  bigint: { name: "bigint", options: `{ mode: "bigint" }` },
  double: { name: "doublePrecision" },
  order: { name: "orderKey" },
};

/** The types as a person writes them, with an example of those that take arguments. */
export const columnTypes = [
  ...plainTypes,
  "bigint",
  "double",
  "numeric(12,2)",
  "enum(draft|done)",
  "text[]",
  "order",
  "references(user)",
];

/** What may follow a type, for the help and the questions. */
export const columnMarks =
  "? makes a column nullable, =value gives a default; unique, unique(user_id) and index follow after a space";

/**
 * Reads a list of columns such as `name:text,area:numeric(12,2)?,code:text unique,status:enum(draft|done)=draft`.
 *
 * @param others the columns that the table has besides
 * @throws Refusal with the part that is wrong and how to write it
 */
export async function parseColumns(
  text: string,
  others: readonly string[] = ownedColumns,
): Promise<Column[]> {
  const columns: Column[] = [];
  for (const part of partsOf(text)) {
    const column = parseColumn(part);
    await requireColumnName(column.name);
    if (others.includes(column.name)) throw new Refusal(`Every table has "${column.name}" already.`);
    requireKey(column);
    if (columns.some(({ name }) => name === column.name)) {
      throw new Refusal(`The column "${column.name}" is listed twice.`);
    }
    columns.push(column);
  }
  for (const { name, unique } of columns) {
    const within = unique?.within;
    const known = within === undefined || [...others, ...columns.map((one) => one.name)].includes(within);
    if (!known || within === name) {
      throw new Refusal(
        `The column "${name}" cannot be unique within "${within}", which is no other column.`,
      );
    }
  }
  return columns;
}

/** Splits a list at the commas that stand outside of quotes and parentheses. */
function partsOf(text: string): string[] {
  const commas = [...text.matchAll(/'[^']*'|\([^()]*\)|(,)/g)].filter(([, comma]) => comma);
  const ends = [...commas.map(({ index }) => index), text.length];
  return ends.map((end, nth) => text.slice((ends[nth - 1] ?? -1) + 1, end).trim());
}

/** Refuses a name that the browser does not map back to itself, such as `q3_total` or `a_b_c`. */
function requireKey({ name, key }: Column): void {
  const back = browserNames.encode(key);
  if (back !== name) {
    throw new Refusal(
      `The column "${name}" is ${key} in the browser, which sends it back as "${back}". Did you mean "${back}"?`,
    );
  }
  if (key in {}) throw new Refusal(`The column "${name}": ${key} would hide JavaScript's own property.`);
}

const form =
  /^(?<name>[^:]*?)\s*:\s*(?<type>[a-z]+)(?:\((?<inner>[^()]*)\))?(?<array>\[\])?(?<mark>\?)?(?:\s*=\s*(?<value>(?:'[^']*')+|[^\s']+))?(?<words>(?:\s+[a-z]+(?:\([^()]*\))?)*)$/;

function parseColumn(part: string): Column {
  const { name = "", type = "", inner, array, mark, value, words = "" } = form.exec(part)?.groups ?? {};
  if (!type) {
    throw new Refusal(
      `"${part}" is not a column. Write name:type; ${columnMarks}. The types are ${columnTypes.join(", ")}.`,
    );
  }
  const column: Column = {
    name,
    key: keyOf(name),
    ...typeOf(part, name, type, inner),
    nullable: mark === "?",
  };
  if (array) {
    if (["jsonb", "order", "references"].includes(type)) {
      throw new Refusal(
        `"${part}": there are no arrays of ${type}.${type === "jsonb" ? " JSON holds arrays itself." : ""}`,
      );
    }
    column.array = true;
  }
  if (value !== undefined) {
    const bare = value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
    column.default = defaultValue(part, type, bare, column);
  }
  for (const word of words.trim().split(/\s+/).filter(Boolean)) addWord(part, column, word);
  return column;
}

/** Adds what a word after the type says. A reference has an index already, for the deletion of what it refers to. */
function addWord(part: string, column: Column, word: string): void {
  const [, unique, , within] = /^(unique)(\((.*)\))?$/.exec(word) ?? [];
  if (!unique && word !== "index") {
    throw new Refusal(
      `"${part}": "${word}" is unknown. After the type come unique, unique(user_id) or index.`,
    );
  }
  if (column.unique || column.index)
    throw new Refusal(`"${part}": unique brings an index. Write one of the two.`);
  if (unique && column.default !== undefined) {
    throw new Refusal(`"${part}": the second row with the default value would never be unique.`);
  }
  if (column.array || column.builder.name === "jsonb") {
    throw new Refusal(`"${part}": ${word} is for columns with one plain value.`);
  }
  if (unique) column.unique = within === undefined ? {} : { within };
  else if (column.references) throw new Refusal(`"${part}": a reference has an index already.`);
  else column.index = true;
}

function typeOf(
  part: string,
  name: string,
  type: string,
  inner: string | undefined,
): Pick<Column, "builder" | "labels" | "references"> {
  if (type === "enum") {
    const labels = (inner ?? "").split("|").map((label) => label.trim());
    if (labels.some((label) => !/^[\w-]{1,63}$/.test(label)) || new Set(labels).size < labels.length) {
      throw new Refusal(
        `"${part}": an enum lists different words of letters, digits, _ and -, such as enum(draft|done).`,
      );
    }
    return { builder: { name: pascalCase(name) }, labels };
  }
  if (type === "references") {
    if (!/^[a-z][a-z0-9_]*$/.test(inner ?? "")) {
      throw new Refusal(
        `"${part}": references names a table as it is called in Postgres, such as references(user).`,
      );
    }
    return { builder: { name: "references" }, references: inner ?? "" };
  }
  if (type === "numeric" && inner !== undefined) {
    const [, precision, scale] =
      /^\s*(\d+)\s*(?:,\s*(\d+)\s*)?$/.exec(inner)?.map((one = "0") => Number(one)) ?? [];
    if (!precision || scale === undefined || scale > precision || precision > 1000) {
      throw new Refusal(
        `"${part}": numeric takes the number of digits in all and after the point, such as numeric(12,2).`,
      );
    }
    return { builder: { name: "numeric", options: `{ precision: ${precision}, scale: ${scale} }` } };
  }
  if (inner !== undefined) throw new Refusal(`"${part}": ${type} takes nothing in parentheses.`);
  const known = Object.hasOwn(builders, type) ? builders[type] : undefined;
  if (known) return { builder: known };
  if (!plainTypes.some((one) => one === type)) {
    throw new Refusal(`"${type}" is not a column type. The types are ${columnTypes.join(", ")}.`);
  }
  return { builder: { name: type } };
}

/** The names of the columns that hold a place in an order. */
export function orderColumns(columns: readonly Column[]): string[] {
  return columns.filter(({ builder }) => builder.name === "orderKey").map(({ name }) => name);
}
