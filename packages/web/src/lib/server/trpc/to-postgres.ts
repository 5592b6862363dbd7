import { type Column, getTableColumns, is, sql } from "drizzle-orm";
import { PgArray, type PgTable, PgTimestamp } from "drizzle-orm/pg-core";
import { timestampText } from "~/lib/wire/timestamp-text";

/**
 * Makes of checked values what Drizzle can write: Drizzle writes a `Date` in the form of `toISOString()`, which Postgres
 * misreads in years before 1 and after 9999, and `Date` has no infinity of its own.
 *
 * @param values the columns of a row by their keys, as the table's Zod schemas give them
 */
export function toPostgres(table: PgTable, values: Record<string, unknown>): Record<string, unknown> {
  const columns = getTableColumns(table);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, written(columns[key], value)]),
  );
}

function written(column: Column | undefined, value: unknown): unknown {
  if (is(column, PgTimestamp) && value instanceof Date) return sql`${timestampText(value)}`;
  if (is(column, PgArray) && is(column.baseColumn, PgTimestamp) && Array.isArray(value))
    return sql`${arrayText(value)}`;
  return value;
}

/** Nulls, dates, and arrays of them as Postgres writes an array. */
function arrayText(values: unknown[]): string {
  const texts = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value);
    return value instanceof Date ? `"${timestampText(value)}"` : "NULL";
  });
  return `{${texts.join(",")}}`;
}
