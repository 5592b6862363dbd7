import { keyColumnsOf, type Table } from "../catalog/table.ts";
import type { Relation } from "../replication/pgoutput.ts";
import type { CompiledWhere } from "../where/syntax/condition.ts";
import type { Definition } from "./definition.ts";

/**
 * True when a shape cannot go on with its table as the stream describes it now. `changed` are the columns that differ
 * from what the stream said of this table before; what it had not described before counts as unchanged, as with Electric:
 * the messages of a shape that selects all columns then use the new names.
 */
export function endedBy(definition: Definition, relation: Relation, changed: ReadonlySet<string>): boolean {
  const { table, columns, selectsAll, where, innerTables } = definition;
  const inner = innerTables.find((candidate) => candidate.oid === relation.oid);
  if (inner) {
    const renamed = relation.schema !== inner.schema || relation.name !== inner.name;
    const names = relation.columns.map((column) => `${column.name} ${column.typeOid}`);
    const asked = where ? askedOf(inner, where) : new Set<string>();
    const known = inner.columns.filter((column) => asked.has(column.name) && !column.generated);
    if (renamed || known.some((column) => !names.includes(`${column.name} ${column.typeOid}`))) return true;
    if (inner.oid !== table.oid) return false;
  }
  const now = new Map(relation.columns.map((column) => [column.name, column.typeOid]));
  for (const name of where?.columns ?? []) {
    if (now.get(name) !== table.columns.find((column) => column.name === name)?.typeOid) return true;
  }
  // partitions are described instead of the table that they are parts of, which ends nothing
  if (relation.oid !== table.oid) return false;
  if (relation.schema !== table.schema || relation.name !== table.name) return true;
  if (selectsAll && relation.columns.length !== columns.length) return true;
  return columns.some((column) => changed.has(column.name) && now.get(column.name) !== column.typeOid);
}

/** The columns of a table that the sub-queries of a condition ask for, or know its rows by. */
function askedOf(table: Table, where: CompiledWhere): Set<string> {
  const asked = new Set(keyColumnsOf(table));
  for (const subquery of where.subqueries) {
    if (subquery.table.schema === table.schema && subquery.table.name === table.name) {
      for (const name of subquery.selected) asked.add(name);
      for (const name of subquery.where?.columns ?? []) asked.add(name);
    }
    if (subquery.where) for (const name of askedOf(table, subquery.where)) asked.add(name);
  }
  return asked;
}
