import type { Node } from "@pgsql/types";
import { build, type SublinkUse } from "./build/build.ts";
import { equalitiesOf } from "./build/equalities.ts";
import type { Failures } from "./build/typed.ts";
import { type CheckScope, check, columnType } from "./check/check.ts";
import { render } from "./render.ts";
import type { Column, CompiledWhere, DescribeTable, Row, Subquery, TableName } from "./syntax/condition.ts";
import { quoteIdentifier } from "./syntax/identifier.ts";
import { checkParameterNames } from "./syntax/params.ts";
import { grammarReady, parseWhere } from "./syntax/parse.ts";
import { checkTable, findSelects, selectParts } from "./syntax/subquery.ts";
import { WhereError } from "./syntax/where-error.ts";
import { ComputeError } from "./values/compute-error.ts";

export interface WhereInput {
  where: string;
  /** Values of `$1`… by number, as text. */
  params: Record<string, string>;
  table: TableName;
  columns: Column[];
  /** Looks up the table of a sub-query; null when there is none. */
  describeTable: DescribeTable;
  /** Subsets leave labels of enums to Postgres, shapes refuse them. */
  allowEnumLiterals?: boolean;
  /** Subsets refuse sub-queries. */
  refuseSubqueries?: boolean;
  /** The text is a `sql` of an earlier compilation: checked already, with casts that Electric refuses to clients. */
  rendered?: boolean;
}

type Context = Omit<WhereInput, "where" | "table">;

/**
 * Compiles a condition: checks it against Electric's language, renders it as safe SQL and makes a function that
 * tells whether a row fulfils it, with Postgres' meaning.
 * @throws WhereError with Electric's reason, for what Electric refuses
 */
export async function compileWhere(input: WhereInput): Promise<CompiledWhere> {
  await grammarReady();
  try {
    return await compileNode(parseWhere(input.where), input);
  } catch (error) {
    if (error instanceof RangeError) throw new WhereError("the expression is nested too deeply");
    throw error;
  }
}

async function compileNode(node: Node, context: Context): Promise<CompiledWhere> {
  const selects = findSelects(node);
  if (selects.length && context.refuseSubqueries)
    throw new WhereError("Subqueries are not allowed in subsets");
  const inner: Omit<Subquery, "index" | "negated" | "testColumns">[] = [];
  for (const statement of selects) {
    const select = selectParts(statement);
    const table = checkTable(select, await context.describeTable(select.table.schema, select.table.name));
    const where = select.where
      ? await compileNode(select.where, { ...context, columns: table.columns })
      : null;
    const { schema, name, columns } = table;
    inner.push({ table: { schema, name }, columns, selected: select.columns, where });
  }
  checkParameterNames(context.params);

  const scope = checkScope(context, inner.map(rowType));
  if (!context.rendered && check(node, scope).type !== "bool")
    throw new WhereError("WHERE clause must return a boolean");

  const failures: Failures = [];
  const sublinks: SublinkUse[] = [];
  const usedColumns = new Set<string>();
  const columns = new Map(context.columns.map((column) => [column.name, column]));
  const shared = { params: context.params, paramTypes: scope.resolved };
  const typed = build(node, { ...shared, columns, failures, usedColumns, sublinks, negated: false });
  const [failure] = failures;
  if (failure) throw failure;

  const sql = render(node, { ...shared, subqueries: inner.map(selectSql), seen: 0 });
  return {
    canonical: sql,
    sql,
    values: [],
    columns: usedColumns,
    matches(row: Row, inSubquery) {
      try {
        return typed.run({ row, inSubquery }) === true;
      } catch (error) {
        // Overflow, division by zero and the like would fail the query in Postgres: such a row is no match.
        if (error instanceof ComputeError) return false;
        throw error;
      }
    },
    equalities: equalitiesOf(node, {
      ...shared,
      columns,
      failures: [],
      usedColumns: new Set(),
      sublinks: [],
      negated: false,
    }),
    subqueries: inner.map((subquery, index) => ({
      index,
      negated: sublinks[index]?.negated ?? false,
      testColumns: sublinks[index]?.testColumns ?? [],
      ...subquery,
    })),
  };
}

function checkScope(context: Context, sublinks: string[]): CheckScope {
  const refs = new Map(context.columns.map((column) => [column.name, columnType(column)]));
  const allowEnums = context.allowEnumLiterals ?? false;
  return { refs, params: context.params, resolved: new Map(), sublinks, seenSublinks: 0, allowEnums };
}

/** Electric tells a row's types in the order of the column names. */
function rowType({ selected, columns }: { selected: string[]; columns: Column[] }): string {
  const types = [...new Set(selected)].sort().map((name) => {
    const column = columns.find((each) => each.name === name);
    return column ? columnType(column) : "unknown";
  });
  const [only] = types;
  return types.length === 1 && only !== undefined ? only : `row of (${types.join(", ")})`;
}

function selectSql({
  table,
  selected,
  where,
}: {
  table: TableName;
  selected: string[];
  where: CompiledWhere | null;
}): string {
  const from = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  return `SELECT ${selected.map(quoteIdentifier).join(", ")} FROM ${from}${where ? ` WHERE ${where.sql}` : ""}`;
}
