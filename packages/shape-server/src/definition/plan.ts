import { createHash } from "node:crypto";
import type { Node } from "@pgsql/types";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import type { Table, TableColumn } from "../catalog/table.ts";
import { render } from "../where/render.ts";
import type { CompiledWhere, DescribeTable, InSubquery, Row, Subquery } from "../where/syntax/condition.ts";
import { parseWhere } from "../where/syntax/parse.ts";
import { compileWhere } from "../where/where.ts";
import { type Disjuncts, disjunctsOf } from "./disjuncts.ts";

// A condition with sub-queries is shown to clients as a disjunction of conjunctions. Every term of it has a position.
// A row carries one tag per conjunction, with a part per position: what the value that a sub-query is asked for hashes
// to, `1` for other terms, nothing where the conjunction has no such term; and `active_conditions`, which of the
// positions hold. When a sub-query gains or loses a value, one event tells all rows that carry its hash.

type Position = {
  /** The term, behind a NOT where it is negated: of NULL neither is true. */
  condition: CompiledWhere;
  negated: boolean;
  /** The sub-query that is asked here, by its number in the whole condition. */
  subquery: number | null;
};

/** How a condition with sub-queries is taken apart. */
export class Plan {
  readonly subqueries: Subquery[];
  readonly #positions: Position[];
  readonly #disjuncts: Set<number>[];
  readonly #columns: Map<string, TableColumn>;

  constructor(table: Table, subqueries: Subquery[], positions: Position[], disjuncts: Set<number>[]) {
    this.subqueries = subqueries;
    this.#positions = positions;
    this.#disjuncts = disjuncts;
    this.#columns = new Map(table.columns.map((column) => [column.name, column]));
  }

  /** The positions at which sub-query `index` is asked. */
  positionsOf(index: number): number[] {
    return this.#positions.flatMap((position, i) => (position.subquery === index ? [i] : []));
  }

  /** A value that sub-query `index` gains lets rows in; or, behind a NOT, out. */
  isNegated(index: number): boolean {
    return this.#positions.some((position) => position.subquery === index && position.negated);
  }

  /** What sub-query `index` is asked for, in the form in which its values are kept. */
  canonicalTest(index: number, values: (string | null)[]): (string | null)[] {
    const names = this.subqueries[index]?.testColumns ?? [];
    return values.map((value, i) => canonical(this.#columns.get(names[i] ?? ""), value));
  }

  /** The tags of a row of the shape `handle`. */
  tags(handle: string, row: Row): string[] {
    const hashes = this.#positions.map(({ subquery }) => {
      const test = subquery === null ? undefined : this.subqueries[subquery];
      if (subquery === null || !test) return "1";
      const values = test.testColumns.map((name) => row[name] ?? null);
      return this.hash(handle, test, this.canonicalTest(subquery, values));
    });
    return this.#disjuncts.map((disjunct) =>
      hashes.map((hash, i) => (disjunct.has(i) ? hash : "")).join("/"),
    );
  }

  /** Which positions hold for a row. */
  activeConditions(row: Row, inSubquery: InSubquery): boolean[] {
    return this.#positions.map(({ condition, subquery }) => {
      // a term numbers its sub-queries from 0
      const ask: InSubquery = (index, value, values) => inSubquery((subquery ?? 0) + index, value, values);
      return condition.matches(row, ask);
    });
  }

  /** What stands for values of a sub-query in tags and events. */
  hash(handle: string, subquery: Subquery, values: (string | null)[]): string {
    const parts = values.map((value) => (value === null ? "NULL" : `v:${value}`));
    const named = subquery.testColumns.map((name, i) => `${name}:${parts[i]}`);
    return md5(handle + (parts.length === 1 ? parts[0] : named.join("")));
  }

  /** The same as `tags`, as SQL for JSON text. */
  tagsSql(handle: string): string {
    const hashes = this.#positions.map(({ subquery }) => {
      const test = subquery === null ? undefined : this.subqueries[subquery];
      return test ? this.#hashSql(handle, test) : "'1'";
    });
    const tags = this.#disjuncts.map((disjunct) =>
      hashes.map((hash, i) => (disjunct.has(i) ? hash : "''")).join(" || '/' || "),
    );
    return `'["' || ${tags.join(` || '","' || `)} || '"]'`;
  }

  activeConditionsSql(): string {
    const conditions = this.#positions.map(({ condition }) => `COALESCE(${condition.sql}, false)::text`);
    return `'[' || ${conditions.join(" || ',' || ")} || ']'`;
  }

  #hashSql(handle: string, subquery: Subquery): string {
    const parts = subquery.testColumns.map((name) => {
      const text = `${quoteIdentifier(name)}::text`;
      const part = `CASE WHEN ${text} IS NULL THEN 'NULL' ELSE 'v:' || ${canonicalSql(this.#columns.get(name), text)} END`;
      return subquery.testColumns.length === 1 ? part : `'${name.replaceAll("'", "''")}:' || ${part}`;
    });
    return `md5('${handle}' || ${parts.join(" || ")})`;
  }
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** A value in a form in which equal values are equal texts: those of the log and of queries differ in places. */
export function canonical(column: TableColumn | undefined, value: string | null): string | null {
  if (value === null) return null;
  switch (column?.baseTypeName ?? column?.typeName) {
    case "bool":
      return value === "t" ? "true" : value === "f" ? "false" : value;
    case "bpchar":
      return value.trimEnd();
    case "numeric":
      return value.includes(".") ? value.replace(/\.?0+$/, "") : value;
    default:
      return value;
  }
}

function canonicalSql(column: TableColumn | undefined, text: string): string {
  return (column?.baseTypeName ?? column?.typeName) === "numeric"
    ? `CASE WHEN ${text} LIKE '%.%' THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`
    : text;
}

/** The query for the values of a sub-query. */
export function selectValues(subquery: Subquery, columns: string[]): string {
  const where = subquery.where ? ` WHERE ${subquery.where.sql}` : "";
  return `SELECT ${columns.map(quoteIdentifier).join(", ")} FROM ${quoteTable(subquery.table)}${where}`;
}

/**
 * Takes a condition apart; null when it has no sub-queries.
 *
 * @throws WhereError
 */
export async function planFor(
  table: Table,
  where: CompiledWhere,
  describeTable: DescribeTable,
): Promise<Plan | null> {
  if (where.subqueries.length === 0) return null;
  const root = parseWhere(where.sql);
  const disjuncts = disjunctsOf(root);
  const shared = {
    params: {},
    paramTypes: new Map<number, string>(),
    subqueries: where.subqueries.map((subquery) => selectValues(subquery, subquery.selected)),
  };
  // the terms in the order in which their sub-queries are numbered: that of the text
  const known = new Map<Node, Position>();
  let seen = 0;
  for (const leaf of leavesOf(disjuncts)) {
    const scope = { ...shared, seen };
    const sql = render(leaf.node, scope);
    const asks = scope.seen > seen;
    const condition = await compileWhere({
      where: leaf.negated ? `NOT (${sql})` : sql,
      params: {},
      table,
      columns: table.columns,
      rendered: true,
      describeTable,
    });
    known.set(leaf.node, { condition, negated: leaf.negated, subquery: asks ? seen : null });
    seen = scope.seen;
  }
  const positions: Position[] = [];
  const sets = disjuncts.map((disjunct) => {
    const set = new Set<number>();
    for (const { node, negated } of disjunct) {
      const position = known.get(node);
      if (position) set.add(positions.push({ ...position, negated }) - 1);
    }
    return set;
  });
  return new Plan(table, where.subqueries, positions, sets);
}

/** Each term once, in the order of the text. */
function leavesOf(disjuncts: Disjuncts): { node: Node; negated: boolean }[] {
  const found = new Map<Node, { node: Node; negated: boolean; place: number }>();
  for (const leaf of disjuncts.flat()) if (!found.has(leaf.node)) found.set(leaf.node, leaf);
  return [...found.values()].sort((a, b) => a.place - b.place);
}
