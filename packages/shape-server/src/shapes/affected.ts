import type { Relation } from "../replication/pgoutput.ts";
import type { Definition } from "./definition.ts";

/**
 * True when a shape cannot go on with its table as the stream describes it now.
 *
 * A renamed column does not end a shape that selects all columns: its messages use the new name, as Electric's do.
 */
export function endedBy(definition: Definition, relation: Relation): boolean {
  const { table, columns, selectsAll, where, innerTables } = definition;
  const inner = innerTables.find((candidate) => candidate.oid === relation.oid);
  if (inner) {
    const renamed = relation.schema !== inner.schema || relation.name !== inner.name;
    const names = relation.columns.map((column) => `${column.name} ${column.typeOid}`);
    const known = inner.columns.filter((column) => !column.generated);
    if (renamed || known.some((column) => !names.includes(`${column.name} ${column.typeOid}`))) return true;
    if (inner.oid !== table.oid) return false;
  }
  const renamed = relation.schema !== table.schema || relation.name !== table.name;
  if (relation.oid === table.oid && renamed) return true;
  const now = new Map(relation.columns.map((column) => [column.name, column.typeOid]));
  for (const name of where?.columns ?? []) {
    if (now.get(name) !== table.columns.find((column) => column.name === name)?.typeOid) return true;
  }
  if (!selectsAll) return columns.some((column) => now.get(column.name) !== column.typeOid);
  if (relation.columns.length !== columns.length) return true;
  if (relation.oid !== table.oid) return columns.some((column) => now.get(column.name) !== column.typeOid);
  return columns.some((column, i) => relation.columns[i]?.typeOid !== column.typeOid);
}
