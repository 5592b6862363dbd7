// What the condition of a shape or subset means. A condition passes these rooms, in this order:
//
// 1. `syntax/` parses the text with Postgres' own grammar and takes sub-queries apart. From here on everything works
//    on the tree, and the text is not used again.
// 2. `check/` accepts the conditions that Electric accepts. It refuses all others in Electric's words, and settles the
//    types of the parameters.
// 3. `build/` resolves the types once more, by Postgres' rules, and compiles the tree to a function of a row.
// 4. `values/` is what this function computes with: Postgres' values and operators in JavaScript.
// 5. `render.ts` writes the tree as SQL again, for the queries that read rows from Postgres.
//
// `order-by.ts` takes the ordering of a subset from text to SQL.

import type { Node } from "@pgsql/types";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import { build } from "./build/build.ts";
import { equalitiesOf } from "./build/equalities.ts";
import { newScope } from "./build/scope.ts";
import { check } from "./check/check.ts";
import { columnType, type ElectricType, isEnum } from "./check/electric-types.ts";
import { render } from "./render.ts";
import type { Column, CompiledWhere, DescribeTable, Subquery } from "./syntax/condition.ts";
import { checkParameters } from "./syntax/parameters.ts";
import { grammarReady, parseWhere } from "./syntax/parse.ts";
import { checkTable, findSelects, selectParts } from "./syntax/subquery.ts";
import { WhereError } from "./syntax/where-error.ts";
import { ComputeError } from "./values/compute-error.ts";

export interface WhereInput {
  where: string;
  /** The values of `$1`, `$2`… by number, as text. */
  params: Record<string, string>;
  /** The columns that the condition may use. */
  columns: Column[];
  /** Looks up the tables of sub-queries. */
  describeTable: DescribeTable;
  /** Whether any literal passes as a label of an enum. Subsets leave such labels to Postgres, shapes refuse them. */
  allowEnumLiterals?: boolean;
  /** Whether sub-queries are refused, as subsets do. */
  refuseSubqueries?: boolean;
  /**
   * True for a `sql` of an earlier compilation. Such a condition skips the check: it was checked before, and its typed
   * literals are casts that Electric refuses to clients.
   */
  rendered?: boolean;
}

type Context = Omit<WhereInput, "where">;

/** A sub-query, before the condition around it is compiled. */
type InnerQuery = Pick<Subquery, "table" | "columns" | "selected" | "where">;

/**
 * Compiles a condition.
 * @returns the condition as a function of a row, and as safe SQL
 * @throws WhereError with Electric's reason for what Electric refuses
 */
export async function compileWhere(input: WhereInput): Promise<CompiledWhere> {
  await grammarReady();
  try {
    return await compileNode(parseWhere(input.where), input);
  } catch (error) {
    // Functions that walk the tree call themselves, so a tree that is too deep overflows the stack.
    if (error instanceof RangeError) throw new WhereError("the expression is nested too deeply");
    throw error;
  }
}

async function compileNode(node: Node, context: Context): Promise<CompiledWhere> {
  const inner = await compileSubqueries(node, context);
  checkParameters(context.params);
  const paramTypes = checkTypes(node, context, inner.map(rowType));

  const { columns, params } = context;
  const scope = newScope({ columns, params, paramTypes });
  const typed = build(node, scope);
  const [failure] = scope.failures;
  if (failure) throw failure;

  const sql = render(node, { params, paramTypes, subqueries: inner.map(selectSql), seen: 0 });
  return {
    canonical: sql,
    sql,
    columns: scope.usedColumns,
    matches(row, inSubquery) {
      try {
        return typed.run({ row, inSubquery }) === true;
      } catch (error) {
        // A row on which Postgres would fail does not match.
        if (error instanceof ComputeError) return false;
        throw error;
      }
    },
    equalities: equalitiesOf(node, newScope({ columns, params, paramTypes })),
    subqueries: inner.map((subquery, index) => {
      const { negated = false, testColumns = [] } = scope.sublinks[index] ?? {};
      return { index, negated, testColumns, ...subquery };
    }),
  };
}

async function compileSubqueries(node: Node, context: Context): Promise<InnerQuery[]> {
  const statements = findSelects(node);
  if (statements.length && context.refuseSubqueries) {
    throw new WhereError("Subqueries are not allowed in subsets");
  }
  const inner: InnerQuery[] = [];
  for (const statement of statements) {
    const select = selectParts(statement);
    const described = await context.describeTable(select.table.schema, select.table.name);
    const { schema, name, columns } = checkTable(select, described);
    const where = select.where ? await compileNode(select.where, { ...context, columns }) : null;
    inner.push({ table: { schema, name }, columns, selected: select.columns, where });
  }
  return inner;
}

/**
 * Checks a condition against Electric's language.
 * @returns the types of the parameters. Parameters of unknown type are left out, and parameters that are labels of an
 * enum too: Postgres gives such a label its type from what the label is compared with.
 */
function checkTypes(
  node: Node,
  context: Context,
  subqueryTypes: ElectricType[],
): ReadonlyMap<number, ElectricType> {
  const paramTypes = new Map<number, ElectricType>();
  if (context.rendered) return paramTypes;
  const { type } = check(node, {
    columnTypes: new Map(context.columns.map((column) => [column.name, columnType(column)])),
    params: context.params,
    paramTypes,
    subqueryTypes,
    seenSubqueries: 0,
    allowEnumLiterals: context.allowEnumLiterals ?? false,
  });
  if (type !== "bool") throw new WhereError("WHERE clause must return a boolean");
  for (const [number, known] of paramTypes) {
    if (known === "unknown" || isEnum(known)) paramTypes.delete(number);
  }
  return paramTypes;
}

/** The type of a sub-query's rows. Electric names the types of several columns in the order of the columns' names. */
function rowType({ selected, columns }: InnerQuery): ElectricType {
  const types = [...new Set(selected)].sort().map((name) => {
    const column = columns.find((each) => each.name === name);
    return column ? columnType(column) : "unknown";
  });
  const [only] = types;
  return types.length === 1 && only !== undefined ? only : `row of (${types.join(", ")})`;
}

function selectSql({ table, selected, where }: InnerQuery): string {
  const condition = where ? ` WHERE ${where.sql}` : "";
  return `SELECT ${selected.map(quoteIdentifier).join(", ")} FROM ${quoteTable(table)}${condition}`;
}
