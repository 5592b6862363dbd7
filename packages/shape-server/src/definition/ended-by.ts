import { keyColumnsOf, type Table, type TableColumn } from "../catalog/table.ts";
import type { Relation } from "../replication/pgoutput.ts";
import type { CompiledWhere } from "../where/syntax/condition.ts";
import type { Definition } from "./definition.ts";

/**
 * True when a shape must end because of how the stream describes a table of the shape now.
 *
 * @param changed the columns that differ from the stream's last description of the table. As with Electric, columns that
 *   had not been described before count as unchanged: messages of a shape that selects all columns then use new names.
 */
export function endedBy(definition: Definition, relation: Relation, changed: ReadonlySet<string>): boolean {
  const { table, columns, selectsAll, where, innerTables } = definition;
  const inner = innerTables.find((candidate) => candidate.oid === relation.oid);
  if (inner) {
    if (isRenamed(inner, relation) || losesInnerColumn(inner, where, relation)) return true;
    if (inner.oid !== table.oid) return false;
  }
  const now = new Map(relation.columns.map((column) => [column.name, column.typeOid]));
  for (const name of where?.columns ?? []) {
    if (now.get(name) !== table.columns.find((column) => column.name === name)?.typeOid) return true;
  }
  // The stream describes the partitions of a table instead of the table, which ends no shape.
  if (relation.oid !== table.oid) return false;
  if (isRenamed(table, relation)) return true;
  if (selectsAll && relation.columns.length !== columns.length) return true;
  return columns.some((column) => changed.has(column.name) && now.get(column.name) !== column.typeOid);
}

/**
 * True when a stored shape may go on with its table as the table is now, after a time in which nobody watched the table.
 * The columns that the shape shows or tests must be the very same, since a new or rewritten column has other values, of
 * which the stream says nothing.
 *
 * @param now the table with the oid of the shape's table; null when there is none.
 */
export function outlives({ table, columns, selectsAll, where }: Definition, now: Table | null): boolean {
  if (!now || isRenamed(table, now)) return false;
  if (selectsAll && now.columns.length !== columns.length) return false;
  const names = new Set(columns.map((column) => column.name));
  // Clients cannot ask for a shape that does not select the key.
  if (keyColumnsOf(now).some((name) => !names.has(name))) return false;
  for (const name of where?.columns ?? []) names.add(name);
  const identity = (each: Table, name: string) => {
    const column = each.columns.find((candidate) => candidate.name === name);
    return column && JSON.stringify([column.attnum, column.typeOid, column.typmod]);
  };
  return [...names].every((name) => identity(table, name) === identity(now, name));
}

const isRenamed = (table: Table, now: { schema: string; name: string }) =>
  now.schema !== table.schema || now.name !== table.name;

/** True when a column that sub-queries use is not in the stream's description of their table. */
function losesInnerColumn(inner: Table, where: CompiledWhere | null, relation: Relation): boolean {
  const described = new Set(relation.columns.map(textOf));
  const used = where ? columnsUsedOf(inner, where) : new Set<string>();
  // The stream does not describe generated columns.
  return inner.columns.some(
    (column) => used.has(column.name) && !column.generated && !described.has(textOf(column)),
  );
}

const textOf = (column: Pick<TableColumn, "name" | "typeOid">) => `${column.name} ${column.typeOid}`;

/** The columns of a table that the sub-queries of a condition select or test, and those of its key. */
function columnsUsedOf(table: Table, where: CompiledWhere): Set<string> {
  const used = new Set(keyColumnsOf(table));
  for (const subquery of where.subqueries) {
    if (subquery.table.schema === table.schema && subquery.table.name === table.name) {
      for (const name of subquery.selected) used.add(name);
      for (const name of subquery.where?.columns ?? []) used.add(name);
    }
    if (subquery.where) for (const name of columnsUsedOf(table, subquery.where)) used.add(name);
  }
  return used;
}
