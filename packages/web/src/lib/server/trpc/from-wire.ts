import { type Column, getTableColumns, is } from "drizzle-orm";
import { PgArray, type PgTable } from "drizzle-orm/pg-core";

/**
 * Makes a function that turns the JSON of a browser into the input of a table's Zod schemas. The function reads dates
 * and bigints, which JSON lacks, from their text, and drops the fields that only the server sets.
 *
 * @param ignored the keys of the fields that only the server sets
 * @returns a function that leaves every other value unchanged, so that the schema can refuse the value
 */
export function fromWire(table: PgTable, ignored: string[] = []): (sent: unknown) => unknown {
  const columns = getTableColumns(table);
  return (sent) => {
    if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return sent;
    const kept = Object.entries(sent).filter(([key]) => !ignored.includes(key));
    return Object.fromEntries(kept.map(([key, value]) => [key, revive(columns[key], value)]));
  };
}

function revive(column: Column | undefined, value: unknown): unknown {
  if (is(column, PgArray) && Array.isArray(value)) {
    return value.map((one: unknown) => revive(column.baseColumn, one));
  }
  if (typeof value !== "string") return value;
  if (column?.dataType === "date") return new Date(value);
  if (column?.dataType === "bigint" && /^-?\d{1,19}$/.test(value)) return BigInt(value);
  return value;
}
