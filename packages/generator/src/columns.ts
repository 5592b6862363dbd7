import { snakeCamelMapper } from "@electric-sql/client";
import { pascalCase, requireColumnName } from "./names.ts";
import { Refusal } from "./refusal.ts";

/** One column of a table, as the schema file declares it. */
export interface Column {
  /** In Postgres: `floor_area`. */
  name: string;
  /** In TypeScript, and in the browser, where Electric's client derives it from the name: `floorArea`. */
  key: string;
  /** The Drizzle function that declares the column, and its options as source text: `{ precision: 12, scale: 2 }`. */
  builder: { name: string; options?: string };
  nullable: boolean;
  /** The labels of an enum column. The schema file declares the enum type. */
  labels?: string[];
}

/** Electric's client maps the names with this in the browser. */
const browserNames = snakeCamelMapper();

/** Columns that every table has. */
const builtInColumns = ["id", "user_id", "member_ids", "created_at", "updated_at"];

const plainTypes = ["text", "integer", "numeric", "boolean", "uuid", "date", "timestamptz", "jsonb"] as const;

/** The types as a person writes them, with an example of those that take arguments. */
export const columnTypes = [...plainTypes, "bigint", "numeric(12,2)", "enum(draft|done)"];

/**
 * Reads a list of columns such as `name:text,area:numeric(12,2)?,status:enum(draft|done)`.
 *
 * @throws Refusal with the part that is wrong and how to write it
 */
export async function parseColumns(text: string): Promise<Column[]> {
  // A comma in parentheses belongs to the type.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const columns: Column[] = [];
  for (const part of parts) {
    const column = parseColumn(part);
    await requireColumnName(column.name);
    if (builtInColumns.includes(column.name)) throw new Refusal(`Every table has "${column.name}" already.`);
    requireKey(column);
    if (columns.some(({ name }) => name === column.name)) {
      throw new Refusal(`The column "${column.name}" is listed twice.`);
    }
    columns.push(column);
  }
  return columns;
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

function parseColumn(part: string): Column {
  const [, name = "", type = "", inner, mark] =
    /^([^:]*?)\s*:\s*([a-z]+)(?:\(([^()]*)\))?(\?)?$/.exec(part) ?? [];
  if (!type) {
    throw new Refusal(
      `"${part}" is not a column. Write name:type, with ? at the end when it may be empty; types are ${columnTypes.join(", ")}.`,
    );
  }
  const column = { name, key: browserNames.decode(name), nullable: mark === "?" };
  if (type === "enum") {
    const labels = (inner ?? "").split("|").map((label) => label.trim());
    if (labels.some((label) => !/^[\w-]{1,63}$/.test(label)) || new Set(labels).size < labels.length) {
      throw new Refusal(
        `"${part}": an enum lists different words of letters, digits, _ and -, such as enum(draft|done).`,
      );
    }
    return { ...column, builder: { name: pascalCase(name) }, labels };
  }
  if (type === "numeric" && inner !== undefined) {
    const [, precision, scale] =
      /^\s*(\d+)\s*(?:,\s*(\d+)\s*)?$/.exec(inner)?.map((one = "0") => Number(one)) ?? [];
    if (!precision || scale === undefined || scale > precision || precision > 1000) {
      throw new Refusal(
        `"${part}": numeric takes the number of digits in all and after the point, such as numeric(12,2).`,
      );
    }
    return {
      ...column,
      builder: { name: "numeric", options: `{ precision: ${precision}, scale: ${scale} }` },
    };
  }
  if (inner !== undefined) throw new Refusal(`"${part}": ${type} takes nothing in parentheses.`);
  // The mode is bigint, because a number loses digits above 2^53.
  if (type === "bigint") return { ...column, builder: { name: "bigint", options: `{ mode: "bigint" }` } };
  if (!plainTypes.some((known) => known === type)) {
    throw new Refusal(`"${type}" is not a column type. The types are ${columnTypes.join(", ")}.`);
  }
  return { ...column, builder: { name: type } };
}
