import type { Node } from "@pgsql/types";
import type { Table } from "../catalog/table.ts";
import { render } from "../where/render.ts";
import type { CompiledWhere, DescribeTable } from "../where/syntax/condition.ts";
import { parseWhere } from "../where/syntax/parse.ts";
import { compileWhere } from "../where/where.ts";
import { type Disjuncts, disjunctsOf, type Term } from "./disjuncts.ts";
import { Plan, type Position, selectValues } from "./plan.ts";

/**
 * Makes the plan of a condition on `table`; null when the condition has no sub-queries.
 *
 * @throws WhereError when the condition has too many alternatives.
 */
export async function planFor(
  table: Table,
  where: CompiledWhere,
  describeTable: DescribeTable,
): Promise<Plan | null> {
  if (where.subqueries.length === 0) return null;
  const disjuncts = disjunctsOf(parseWhere(where.sql));
  const compiled = await compileTerms(disjuncts, table, where, describeTable);
  const positions: Position[] = [];
  const sets = disjuncts.map((disjunct) => {
    const set = new Set<number>();
    for (const { node, negated } of disjunct) {
      const term = compiled.get(node);
      if (term) set.add(positions.push({ ...term, negated }) - 1);
    }
    return set;
  });
  return new Plan(table, where.subqueries, positions, sets);
}

/** Compiles each term by itself, in the order of the text: this is the order in which sub-queries are numbered. */
async function compileTerms(
  disjuncts: Disjuncts,
  table: Table,
  where: CompiledWhere,
  describeTable: DescribeTable,
): Promise<Map<Node, Position>> {
  const shared = {
    params: {},
    paramTypes: new Map<number, string>(),
    subqueries: where.subqueries.map((subquery) => selectValues(subquery, subquery.selected)),
  };
  const compiled = new Map<Node, Position>();
  let seen = 0;
  for (const { node, negated } of termsOf(disjuncts)) {
    const scope = { ...shared, seen };
    const sql = render(node, scope);
    const asks = scope.seen > seen;
    const condition = await compileWhere({
      where: negated ? `NOT (${sql})` : sql,
      params: {},
      columns: table.columns,
      rendered: true,
      describeTable,
    });
    compiled.set(node, { condition, negated, subquery: asks ? seen : undefined });
    seen = scope.seen;
  }
  return compiled;
}

/** Each term once, in the order of the text. */
function termsOf(disjuncts: Disjuncts): Term[] {
  const found = new Map<Node, Term>();
  for (const term of disjuncts.flat()) if (!found.has(term.node)) found.set(term.node, term);
  return [...found.values()].sort((a, b) => a.place - b.place);
}
