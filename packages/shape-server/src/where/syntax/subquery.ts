import type { Node, SelectStmt } from "@pgsql/types";
import type { Table } from "./condition.ts";
import { namePath } from "./names.ts";
import { WhereError } from "./where-error.ts";

/** A sub-query in parts: `SELECT columns FROM table WHERE where`. */
export interface Select {
  readonly columns: string[];
  readonly table: { readonly schema: string | undefined; readonly name: string };
  readonly where: Node | undefined;
}

/**
 * The sub-queries of an expression in order of appearance, without the sub-queries inside of sub-queries.
 * @param node a node of the parsed tree, or any value inside of one
 */
export function findSelects(node: unknown, found: SelectStmt[] = []): SelectStmt[] {
  if (Array.isArray(node)) {
    for (const item of node) findSelects(item, found);
  } else if (typeof node === "object" && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === "SubLink") {
        findSelects(value.testexpr, found);
        const select = value.subselect;
        if (select && "SelectStmt" in select) found.push(select.SelectStmt);
      } else findSelects(value, found);
    }
  }
  return found;
}

/**
 * Takes a sub-query apart. Electric allows plain columns of a single table and a condition, and nothing else.
 * @throws WhereError for any other clause, in Electric's words
 */
export function selectParts(select: SelectStmt): Select {
  const columns = (select.targetList ?? []).map(plainColumn);
  const [from, ...others] = select.fromClause ?? [];
  if (!from || others.length || !("RangeVar" in from)) {
    throw new WhereError("Expected a single table reference");
  }
  const isSetOperation = (select.op ?? "SETOP_NONE") !== "SETOP_NONE";
  if (isSetOperation || refusedClauses.some((clause) => Boolean(select[clause]))) {
    throw new WhereError("SELECT statement must not contain any clauses");
  }
  const { relname, schemaname } = from.RangeVar;
  return {
    columns,
    table: { schema: schemaname || undefined, name: relname ?? "" },
    where: select.whereClause,
  };
}

const refusedClauses: readonly (keyof SelectStmt)[] = [
  "distinctClause",
  "groupClause",
  "havingClause",
  "windowClause",
  "sortClause",
  "limitOffset",
  "limitCount",
  "lockingClause",
  "withClause",
  "intoClause",
];

function plainColumn(target: Node): string {
  const value = "ResTarget" in target ? target.ResTarget.val : undefined;
  const path = value && "ColumnRef" in value ? value.ColumnRef.fields : undefined;
  const [first, second] = path ?? [];
  if (first && !second && "String" in first) return namePath([first])[0] ?? "";
  const location = "ResTarget" in target ? (target.ResTarget.location ?? 0) : 0;
  throw new WhereError(`At location ${location}: Expected a plain column reference`);
}

/**
 * Checks that the table of a sub-query exists and has the selected columns.
 * @param table what the catalog knows under the table's name, null when there is no such table
 * @throws WhereError for the field `table` or `columns`, in Electric's words
 */
export function checkTable(select: Select, table: Table | null): Table {
  if (!table) {
    const { schema = "public", name } = select.table;
    const hint = "If the table name contains capitals or special characters you must quote it.";
    throw new WhereError(`Table "${schema}"."${name}" does not exist. ${hint}`, "table");
  }
  const missing = select.columns.filter((name) => !table.columns.some((column) => column.name === name));
  if (missing.length) {
    const reason = `The following columns are not found on the table: ${missing.join(", ")}`;
    throw new WhereError(reason, "columns");
  }
  return table;
}
