import { snakeCamelMapper } from "@electric-sql/client";
import { pascalCase, requireColumnName } from "./names.ts";
import { Refusal } from "./refusal.ts";

/** One column, as the schema file writes it. */
export interface Column {
  /** In Postgres: `floor_area`. */
  name: string;
  /** In TypeScript, as Electric's client calls it in the browser: `floorArea`. */
  key: string;
  /** The Drizzle builder without the column's name: `["numeric", "{ precision: 12, scale: 2 }"]`. */
  builder: { name: string; options?: string };
  nullable: boolean;
  /** The labels of an enum, whose type the schema file declares. */
  labels?: string[];
}

const browser = snakeCamelMapper();

/** What every table has, so that no column may be called so. */
const given = ["id", "user_id", "member_ids", "created_at", "updated_at"];

const plain = ["text", "integer", "numeric", "boolean", "uuid", "date", "timestamptz", "jsonb"] as const;

/** The types as a person writes them. */
export const columnTypes = [...plain, "bigint", "numeric(12,2)", "enum(draft|done)"];

/**
 * Reads columns such as `name:text,area:numeric(12,2)?,status:enum(draft|done)`.
 *
 * @throws Refusal with the part that is wrong
 */
export async function parseColumns(text: string): Promise<Column[]> {
  // A comma inside parentheses belongs to the type.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const columns: Column[] = [];
  for (const part of parts) {
    const column = parseColumn(part);
    await requireColumnName(column.name);
    if (given.includes(column.name)) throw new Refusal(`Every table has "${column.name}" already.`);
    requireKey(column);
    if (columns.some(({ name }) => name === column.name)) {
      throw new Refusal(`The column "${column.name}" stands there twice.`);
    }
    columns.push(column);
  }
  return columns;
}

/** Refuses a column whose name does not survive the way into the browser and back, as `q3_total` and `a_b_c`. */
function requireKey({ name, key }: Column): void {
  const back = browser.encode(key);
  if (back !== name) {
    throw new Refusal(
      `The column "${name}" would be ${key} in the browser, and comes back from there as "${back}". Did you mean "${back}"?`,
    );
  }
  if (key in {}) throw new Refusal(`The column "${name}": ${key} would hide JavaScript's own.`);
}

function parseColumn(part: string): Column {
  const [, name = "", type = "", inner, mark] =
    /^([^:]*?)\s*:\s*([a-z]+)(?:\(([^()]*)\))?(\?)?$/.exec(part) ?? [];
  if (!type) {
    throw new Refusal(
      `"${part}" is no column. Write name:type, with ? at the end when it may be empty; types are ${columnTypes.join(", ")}.`,
    );
  }
  const column = { name, key: browser.decode(name), nullable: mark === "?" };
  if (type === "enum") {
    const labels = (inner ?? "").split("|").map((label) => label.trim());
    if (labels.some((label) => !/^[\w-]{1,63}$/.test(label)) || new Set(labels).size < labels.length) {
      throw new Refusal(
        `"${part}": an enum lists different words of letters, digits, _ and -, as in enum(draft|done).`,
      );
    }
    return { ...column, builder: { name: pascalCase(name) }, labels };
  }
  if (type === "numeric" && inner !== undefined) {
    const [, precision, scale] =
      /^\s*(\d+)\s*(?:,\s*(\d+)\s*)?$/.exec(inner)?.map((one = "0") => Number(one)) ?? [];
    if (!precision || scale === undefined || scale > precision || precision > 1000) {
      throw new Refusal(
        `"${part}": numeric takes its digits in all and after the point, as in numeric(12,2).`,
      );
    }
    return {
      ...column,
      builder: { name: "numeric", options: `{ precision: ${precision}, scale: ${scale} }` },
    };
  }
  if (inner !== undefined) throw new Refusal(`"${part}": ${type} takes nothing in parentheses.`);
  // As a bigint: a number would lose the digits above 2^53.
  if (type === "bigint") return { ...column, builder: { name: "bigint", options: `{ mode: "bigint" }` } };
  if (!plain.some((known) => known === type)) {
    throw new Refusal(`"${type}" is no type here. There are ${columnTypes.join(", ")}.`);
  }
  return { ...column, builder: { name: type } };
}
