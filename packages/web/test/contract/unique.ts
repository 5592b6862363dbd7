import type { Column } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";

/** The columns of each constraint or index that lets no two rows have the same values, by the names of the columns. */
export function uniqueColumnsOf(table: PgTable): string[][] {
  const { columns, uniqueConstraints, indexes } = getTableConfig(table);
  return [
    ...columns.filter(({ isUnique }) => isUnique).map(({ name }) => [name]),
    ...uniqueConstraints.map((one) => one.columns.map(({ name }) => name)),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => config.columns.map((one) => ("name" in one ? String(one.name) : "an expression"))),
  ];
}

/** The values that each unique column has got, in the rows of all people and in inputs. */
const given = new WeakMap<Column, Set<string>>();

/**
 * Takes a value for a column of a unique constraint that no row has got. Takes any value when all are taken.
 *
 * @param values the values to choose from, at least one
 */
export function freshValue(column: Column, values: readonly unknown[]): unknown {
  const known = given.get(column) ?? new Set();
  given.set(column, known);
  const fresh = values.find((value) => value !== null && !known.has(textOf(value)));
  if (fresh !== undefined) known.add(textOf(fresh));
  return fresh ?? values[0];
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
