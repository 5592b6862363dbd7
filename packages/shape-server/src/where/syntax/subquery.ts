import type { Node, SelectStmt } from "@pgsql/types";
import type { Table, TableName } from "./condition.ts";
import { names } from "./identifier.ts";
import { WhereError } from "./where-error.ts";

export interface Select {
  columns: string[];
  table: { schema: string | undefined; name: string };
  where: Node | undefined;
}

/** Collects the sub-queries of an expression in order of appearance, not those inside of them. */
export function findSelects(node: unknown, found: SelectStmt[] = []): SelectStmt[] {
  if (Array.isArray(node)) {
    for (const item of node) findSelects(item, found);
  } else if (typeof node === "object" && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key !== "SubLink") findSelects(value, found);
      else {
        findSelects(value.testexpr, found);
        const select = value.subselect;
        if (select && "SelectStmt" in select) found.push(select.SelectStmt);
      }
    }
  }
  return found;
}

/** The parts of a sub-query: plain columns of one table, perhaps with a condition, and nothing else. */
export function selectParts(select: SelectStmt): Select {
  const columns = (select.targetList ?? []).map(plainColumn);
  const [from, ...more] = select.fromClause ?? [];
  if (!from || more.length || !("RangeVar" in from))
    throw new WhereError("Expected a single table reference");
  const clauses =
    select.distinctClause ??
    select.groupClause ??
    select.havingClause ??
    select.windowClause ??
    select.sortClause;
  const more2 = select.limitOffset ?? select.limitCount ?? select.lockingClause ?? select.withClause;
  if (clauses || more2 || (select.op ?? "SETOP_NONE") !== "SETOP_NONE" || select.intoClause) {
    throw new WhereError("SELECT statement must not contain any clauses");
  }
  const { relname, schemaname } = from.RangeVar;
  return {
    columns,
    table: { schema: schemaname || undefined, name: relname ?? "" },
    where: select.whereClause,
  };
}

function plainColumn(target: Node): string {
  const value = "ResTarget" in target ? target.ResTarget.val : undefined;
  const path = value && "ColumnRef" in value ? value.ColumnRef.fields : undefined;
  const [first, second] = path ?? [];
  if (first && !second && "String" in first) return names([first])[0] ?? "";
  const location = "ResTarget" in target ? (target.ResTarget.location ?? 0) : 0;
  throw new WhereError(`At location ${location}: Expected a plain column reference`);
}

/** Looks the table of a sub-query up and makes sure of its columns. */
export function checkTable(select: Select, table: Table | null): Table {
  if (!table) {
    const { schema = "public", name } = select.table;
    const hint = "If the table name contains capitals or special characters you must quote it.";
    throw new WhereError(`Table ${shown({ schema, name })} does not exist. ${hint}`, "table");
  }
  const missing = select.columns.filter((name) => !table.columns.some((column) => column.name === name));
  if (missing.length) {
    throw new WhereError(
      `The following columns are not found on the table: ${missing.join(", ")}`,
      "columns",
    );
  }
  return table;
}

function shown({ schema, name }: TableName): string {
  return `"${schema}"."${name}"`;
}
