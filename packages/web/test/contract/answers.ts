import { getTableColumns, getTableName } from "drizzle-orm";
import { expect } from "vitest";
import type { Change, ShapeRoute } from "./bench";
import type { World } from "./world";

/** The names of a shape's columns in Postgres and in the messages of the shape. */
export function wireColumns({ path, policy }: ShapeRoute): string[] {
  const columns = getTableColumns(policy.table);
  return Object.keys(policy.schema.shape).map((key) => {
    const column = columns[key];
    if (!column)
      throw new Error(`${path}: the schema's "${key}" is no column of ${getTableName(policy.table)}.`);
    return column.name;
  });
}

/** The names of the columns that the shape does not send. */
export function hiddenColumns(shape: ShapeRoute): string[] {
  const shown = wireColumns(shape);
  const all = Object.values(getTableColumns(shape.policy.table)).map((column) => column.name);
  return all.filter((name) => !shown.includes(name));
}

/** The ids of the rows in these changes. */
export function idsOf(changes: Change[]): string[] {
  return changes.map((change) => String(change.value.id));
}

/** Expects that no change holds a row of the other person. */
export function expectNothingOf(other: World, shape: ShapeRoute, changes: Change[]): void {
  const theirs = new Set(other.ids(shape.policy.table).map(String));
  const leaked = idsOf(changes).filter((id) => theirs.has(id));
  expect(leaked, `${shape.path}: rows of another user were sent`).toEqual([]);
}

/** Expects that the changes hold declared columns alone. */
export function expectColumns(shape: ShapeRoute, changes: Change[]): void {
  const columns = wireColumns(shape);
  const others = new Set(
    changes.flatMap((change) => Object.keys(change.value)).filter((name) => !columns.includes(name)),
  );
  expect([...others], `${shape.path}: columns that were sent and are not declared`).toEqual([]);
}
