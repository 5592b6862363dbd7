import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { columnsOf, type TableName, tableNames, type Values } from "./edits";
import type { Rows } from "./model";

const sqlNames: Record<TableName, string> = {
  projects: "project",
  notes: "note",
  projectMembers: "project_member",
};

/** The rows that Postgres holds. */
export async function rowsInPostgres(sql: pg.Client): Promise<Rows> {
  const rows: Rows = { projects: {}, notes: {}, projectMembers: {} };
  for (const name of tableNames) {
    const columns = columnsOf[name].map(
      (column) => `${column.replace(/[A-Z]/, "_$&").toLowerCase()} as "${column}"`,
    );
    const found = await sql.query(`select id, ${columns.join(", ")} from ${sqlNames[name]}`);
    for (const { id, ...values } of found.rows) rows[name][id] = values;
  }
  return rows;
}

/** A row that is not as it must be. */
export interface Difference {
  readonly where: string;
  readonly table: TableName;
  readonly id: string;
  readonly expected: Values | undefined;
  readonly found: Values | undefined;
}

export function differences(where: string, expected: Rows, found: Rows): Difference[] {
  return tableNames.flatMap((table) => {
    const ids = new Set([...Object.keys(expected[table]), ...Object.keys(found[table])]);
    return [...ids].flatMap((id) => {
      const pair = { expected: expected[table][id], found: found[table][id] };
      return isDeepStrictEqual(pair.expected, pair.found) ? [] : [{ where, table, id, ...pair }];
    });
  });
}
