import { type Column, getTableColumns, is } from "drizzle-orm";
import { PgArray, type PgTable } from "drizzle-orm/pg-core";

/**
 * Makes of the JSON that a browser sends what a table's Zod schemas check: dates and bigints, which JSON lacks, from
 * their text, and without the fields that only the server gives.
 *
 * @param ignored keys that a client's row holds, but that it has no say in
 * @returns a function that leaves all that it does not understand as it is, for the schema to refuse
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
