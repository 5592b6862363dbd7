import { isDeepStrictEqual } from "node:util";
import { db } from "@tracer/core/drizzle/database";
import { getTableColumns, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { rowsOf, type World } from "./world";

/**
 * Describes each column that the browser puts another value into than Postgres. Adds a row that leaves those columns
 * out.
 *
 * @param world the person who owns the row
 */
export async function wrongDefaults(
  world: World,
  { table, defaults }: { table: PgTable; defaults: () => object },
): Promise<string[]> {
  const { id } = getTableColumns(table);
  const { id: ownId, ...expected }: Record<string, unknown> = { ...defaults() };
  // Another row may have taken what a unique index gives once, such as the membership of this person in this place.
  await world.addTargets(table);
  const whole = { ...world.make(table, undefined), ...(await world.newcomerOf(table)) };
  const given = Object.entries(whole).filter(([key]) => !(key in expected));
  const values = { ...Object.fromEntries(given), ...(ownId !== undefined && { id: ownId }) };
  await db.insert(table).values(values);
  const [row] = await rowsOf(table, sql`${id} = ${values.id}`);
  return Object.entries(expected).flatMap(([key, value]) =>
    same(value, row?.[key])
      ? []
      : [`${key} is ${show(value)} in the browser and ${show(row?.[key])} in Postgres`],
  );
}

/** Times differ by what passes between the two moments, and by the difference of two clocks. */
function same(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return Math.abs(Number(one) - Number(other)) < 60_000;
  return isDeepStrictEqual(one, other);
}

function show(value: unknown): string {
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
