import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Row } from "../where/syntax/condition.ts";

/** The cells of a streamed row by the names of their columns. */
export function toRow(relation: Relation, cells: Cell[]): Row {
  const row: Row = {};
  relation.columns.forEach((column, i) => {
    row[column.name] = cells[i];
  });
  return row;
}
