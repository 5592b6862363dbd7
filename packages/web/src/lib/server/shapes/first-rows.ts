import "@tanstack/react-start/server-only";
import { db } from "@tracer/core/drizzle/database";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import {
  getTableConfig,
  PgArray,
  type PgColumn,
  PgEnumColumn,
  PgJson,
  PgJsonb,
  PgTimestamp,
} from "drizzle-orm/pg-core";
import type { ShapePolicy } from "~/lib/electric-proxy";
import { firstRowsOfTable } from "~/lib/server/limits";
import { shapeRoute } from "~/lib/server/line/shape-routes";
import { logFailure } from "~/lib/server/log-failure";
import { parseJsonText } from "~/lib/wire/json-text";
import { parseTimestamp } from "~/lib/wire/timestamp-text";

/** A row with the columns of its shape. */
export type FirstRow = { id: string } & Record<string, unknown>;

/**
 * Reads the rows that the first paint of a page needs, by the rules of the shapes: the same columns, and only the rows
 * that the user may read.
 *
 * A shape that cannot be read, or that has too many rows for a page, is left out. The browser loads that shape as if
 * the page had named none.
 *
 * @param names the names of the collections, each with a shape route `/api/<name>`
 * @param policyOf finds the policy of a shape by the name
 */
export async function firstRows(
  names: readonly string[],
  userId: string,
  policyOf: (name: string) => Promise<ShapePolicy | undefined> = policyOfRoute,
): Promise<{ userId: string; asOf: number; rows: Record<string, FirstRow[]> }> {
  const asOf = Date.now();
  const read = await Promise.all(
    names.map(async (name) => {
      try {
        const rows = await readShape(await policyOf(name), userId);
        return rows ? [[name, rows] as const] : [];
      } catch (error) {
        logFailure(`first paint: ${name}`, error);
        return [];
      }
    }),
  );
  return { userId, asOf, rows: Object.fromEntries(read.flat()) };
}

async function policyOfRoute(name: string): Promise<ShapePolicy | undefined> {
  return (await shapeRoute(`/api/${name}`))?.policy;
}

/** Undefined when the shape has more rows than a page may hold. @throws when no shape of eager sync has the name */
async function readShape(policy: ShapePolicy | undefined, userId: string): Promise<FirstRow[] | undefined> {
  if (!policy) throw new Error("No shape has this name.");
  if (policy.sync === "on-demand")
    throw new Error("A shape that is loaded on demand is never known as a whole.");
  const columns = getTableColumns(policy.table);
  const selected = Object.keys(policy.schema.shape).map((key) => {
    const column = columns[key];
    if (!column) throw new Error(`${getTableConfig(policy.table).name} has no column "${key}".`);
    return [key, asSynced(column)] as const;
  });
  const rows = await db
    .select(Object.fromEntries(selected))
    .from(policy.table)
    .where(policy.access.readable(userId))
    .limit(firstRowsOfTable + 1);
  return rows.length > firstRowsOfTable ? undefined : rows.map(withId);
}

/** Selects a column so that the value equals the one that the browser reads from Electric, also an infinite time. */
function asSynced(column: PgColumn): PgColumn | SQL {
  if (column instanceof PgTimestamp) return sql`${column}::text`.mapWith(parseTimestamp);
  if (column instanceof PgJson || column instanceof PgJsonb)
    return sql`${column}::text`.mapWith(parseJsonText);
  if (!(column instanceof PgArray)) return column;
  const texts = sql<(string | null)[]>`${column}::text[]`;
  if (column.baseColumn instanceof PgTimestamp) return texts.mapWith(timestampsOf);
  // Drizzle would read the null in an array of an enum as the text "NULL".
  if (column.baseColumn instanceof PgEnumColumn) return texts;
  return column;
}

const timestampsOf = (texts: (string | null)[]) =>
  texts.map((text) => (text === null ? null : parseTimestamp(text)));

function withId(row: Record<string, unknown>): FirstRow {
  return { ...row, id: String(row.id) };
}
