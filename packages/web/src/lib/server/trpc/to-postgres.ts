import { type Column, getTableColumns, is, sql } from "drizzle-orm";
import { PgArray, type PgTable, PgTimestamp } from "drizzle-orm/pg-core";
import { timestampText } from "~/lib/wire/timestamp-text";

/**
 * Turns checked values into values that Drizzle writes correctly. Drizzle writes a `Date` with `toISOString()`, but
 * Postgres misreads that form for years before 1 and after 9999, and the form has no infinity.
 *
 * @param values the columns of a row by their keys, as the output of the table's Zod schemas
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

/** Writes nulls, dates and arrays of these in the text form of a Postgres array. */
function arrayText(values: unknown[]): string {
  const texts = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value);
    return value instanceof Date ? `"${timestampText(value)}"` : "NULL";
  });
  return `{${texts.join(",")}}`;
}
