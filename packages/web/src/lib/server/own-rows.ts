import "@tanstack/react-start/server-only";
import { user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { and, asc, eq, getTableColumns, gt, or, type SQL } from "drizzle-orm";
import { getTableConfig, type PgColumn } from "drizzle-orm/pg-core";
import type { ShapePolicy } from "~/lib/electric-proxy";

/** How many rows one statement reads. */
const batchSize = 500;

/**
 * Reads the rows of a person from the table of a shape, with the columns of the shape, in batches.
 *
 * The rows of a person are those that name the person in a column. Where no column names a person, as in the table of
 * the layers of a drawing, they are the rows that the person may change.
 */
export async function* ownRows(
  { table, schema, access }: ShapePolicy,
  userId: string,
): AsyncGenerator<readonly Record<string, unknown>[]> {
  const columns: Record<string, PgColumn> = getTableColumns(table);
  const { id } = columns;
  if (!id) throw new Error(`${getTableConfig(table).name} has no column "id".`);
  const selected = { ...pick(columns, Object.keys(schema.shape)), id };
  const isOwn = and(access.readable(userId), namesPerson(columns, userId) ?? access.writable(userId));
  let after: unknown;
  while (true) {
    const rows = await db
      .select(selected)
      .from(table)
      .where(after === undefined ? isOwn : and(isOwn, gt(id, after)))
      .orderBy(asc(id))
      .limit(batchSize);
    if (rows.length > 0) yield rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1)?.id;
  }
}

/** The condition that a column with a foreign key to `user` names the person. Undefined when there is no such column. */
function namesPerson(columns: Record<string, PgColumn>, userId: string): SQL | undefined {
  const naming = Object.values(columns).filter((column) => column === user.id || refersToUser(column));
  return or(...naming.map((column) => eq(column, userId)));
}

function refersToUser(column: PgColumn): boolean {
  return getTableConfig(column.table).foreignKeys.some((key) => {
    const { columns, foreignTable } = key.reference();
    return foreignTable === user && columns.length === 1 && columns[0] === column;
  });
}

function pick(columns: Record<string, PgColumn>, keys: readonly string[]): Record<string, PgColumn> {
  return Object.fromEntries(Object.entries(columns).filter(([key]) => keys.includes(key)));
}
