import { escapeLiteral, type Pool } from "pg";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import type { Table } from "../catalog/table.ts";
import { readTransaction } from "../postgres/read-transaction.ts";
import { textRows } from "../postgres/text-format.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import { selectColumn } from "../snapshot/snapshot.ts";
import type { Row } from "../where/syntax/condition.ts";
import type { Value } from "./move.ts";

/**
 * Queries the rows of a table that have one of `values` in `columns`. With `nulls` the rows that have a NULL in one of
 * these columns are found, too. `accept` decides whether the query's snapshot, which is returned, is recent enough.
 */
export async function rowsWith(
  pool: Pool,
  table: Table,
  columns: string[],
  values: Value[],
  nulls: boolean,
  accept: (snapshot: Snapshot) => boolean,
): Promise<{ snapshot: Snapshot; rows: Row[] }> {
  const tuple = (parts: string[]) => `(${parts.join(", ")})`;
  const wanted = values
    .filter((value) => !value.includes(null))
    .map((value) => tuple(value.map((part) => escapeLiteral(part ?? ""))));
  const names = columns.map(quoteIdentifier);
  const tests = nulls ? names.map((name) => `${name} IS NULL`) : [];
  if (wanted.length > 0) tests.push(`${tuple(names)} IN ${tuple(wanted)}`);
  const where = tests.join(" OR ") || "false";
  const selected = table.columns.map(selectColumn).join(", ");
  const query = `SELECT ${selected} FROM ${quoteTable(table)} WHERE ${where}`;
  return readTransaction(pool, accept, async (client, snapshot) => {
    const rows = (await textRows(client, query)).map((cells) =>
      Object.fromEntries(table.columns.map((column, i) => [column.name, cells[i] ?? null])),
    );
    return { snapshot, rows };
  });
}
