import type { Table } from "../catalog/table.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";

/** A change of a row of the shape's table, or of a table of one of its sub-queries. */
export interface Change {
  readonly relation: Relation;
  readonly pk: string[];
  readonly op: number;
  readonly old: Cell[] | null;
  readonly now: Cell[] | null;
}

/** What one transaction changed in the tables of a shape with sub-queries. */
export interface Transaction {
  readonly lsn: number;
  readonly xid: number;
  readonly changes: readonly Change[];
  /** The numbers of the sub-queries whose values were read from the database after the transaction. */
  loaded?: Set<number>;
}

/** The changes of a transaction that are changes of `table` or of its partitions. */
export function changesOf({ changes }: Transaction, { oid, leaves }: Table): Change[] {
  return changes.filter(
    ({ relation }) => relation.oid === oid || leaves.some((leaf) => leaf.oid === relation.oid),
  );
}
