import { Refusal } from "./refusal.ts";
import type { Snapshot, SnapshotTable } from "./snapshots.ts";
import type { Rename } from "./stated-changes.ts";

/** A snapshot after renames, and the statements that rename the same in a database. */
export interface Renamed {
  readonly snapshot: Snapshot;
  readonly statements: readonly string[];
}

/**
 * Renames tables and columns in a snapshot, one after the other. drizzle-kit would ask about each rename in a terminal;
 * with the new name in the old snapshot, there is nothing to ask.
 *
 * Names of constraints that drizzle-kit derives from a column's name stay. The comparison with the schema files replaces
 * such constraints, as after an answer in the terminal.
 *
 * @param declared the snapshot of the schema files
 * @throws Refusal when the old name is not in the snapshot, or the new name not in the schema files
 */
export function withRenames(before: Snapshot, declared: Snapshot, renames: readonly Rename[]): Renamed {
  const snapshot = structuredClone(before);
  const statements = renames.map((rename) =>
    rename.column === undefined
      ? renameTable(snapshot, declared, rename)
      : renameColumn(snapshot, declared, rename, rename.column),
  );
  return { snapshot, statements };
}

function renameTable(snapshot: Snapshot, declared: Snapshot, { table: from, to }: Rename): string {
  const table = requireTable(snapshot, from, "newest migration");
  requireTable(declared, to, "schema files");
  if (tableOf(snapshot, to)) throw new Refusal(`The newest migration has a table "${to}" already.`);
  delete snapshot.tables[keyOf(from)];
  table.name = to;
  for (const key of Object.values(table.foreignKeys)) key.tableFrom = to;
  snapshot.tables[keyOf(to)] = table;
  for (const key of foreignKeysTo(snapshot, from)) key.tableTo = to;
  return `ALTER TABLE "${from}" RENAME TO "${to}";`;
}

function renameColumn(
  snapshot: Snapshot,
  declared: Snapshot,
  { table: tableName, to }: Rename,
  from: string,
): string {
  const table = requireTable(snapshot, tableName, "newest migration");
  const column = table.columns[from];
  if (!column) throw new Refusal(`The newest migration has no column "${tableName}.${from}".`);
  if (table.columns[to]) throw new Refusal(`The newest migration has a column "${tableName}.${to}" already.`);
  const after = requireTable(declared, tableName, "schema files");
  if (!after.columns[to]) throw new Refusal(`The schema files declare no column "${tableName}.${to}".`);
  if (after.columns[from]) {
    throw new Refusal(`The schema files still declare the column "${tableName}.${from}".`);
  }

  delete table.columns[from];
  table.columns[to] = { ...column, name: to };
  const renamed = (columns: readonly string[]) => columns.map((name) => (name === from ? to : name));
  for (const index of Object.values(table.indexes)) {
    for (const part of index.columns) {
      if (!part.isExpression && part.expression === from) part.expression = to;
    }
  }
  for (const key of Object.values(table.foreignKeys)) key.columnsFrom = renamed(key.columnsFrom);
  for (const key of foreignKeysTo(snapshot, tableName)) key.columnsTo = renamed(key.columnsTo);
  for (const key of Object.values(table.compositePrimaryKeys)) key.columns = renamed(key.columns);
  for (const unique of Object.values(table.uniqueConstraints)) unique.columns = renamed(unique.columns);
  // Postgres itself renames the column in these expressions.
  for (const check of Object.values(table.checkConstraints)) {
    check.value = check.value.replaceAll(`"${tableName}"."${from}"`, `"${tableName}"."${to}"`);
  }
  return `ALTER TABLE "${tableName}" RENAME COLUMN "${from}" TO "${to}";`;
}

function foreignKeysTo(snapshot: Snapshot, table: string) {
  return Object.values(snapshot.tables)
    .flatMap((one) => Object.values(one.foreignKeys))
    .filter(({ tableTo }) => tableTo === table);
}

function requireTable(snapshot: Snapshot, name: string, where: string): SnapshotTable {
  const table = tableOf(snapshot, name);
  if (!table) throw new Refusal(`There is no table "${name}" in the ${where}.`);
  return table;
}

function tableOf(snapshot: Snapshot, name: string): SnapshotTable | undefined {
  return snapshot.tables[keyOf(name)];
}

/** The key of a table in a snapshot. The project keeps its tables in the schema "public". */
function keyOf(table: string): string {
  return `public.${table}`;
}
