import { createHash } from "node:crypto";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import type { Table, TableColumn } from "../catalog/table.ts";
import type { CompiledWhere, InSubquery, Row, Subquery } from "../where/syntax/condition.ts";

/** One term of a condition, at its place in the disjunction that clients see. */
export interface Position {
  /** The term. A negated term has its NOT in the condition, because of NULL neither the term nor its negation is true. */
  readonly condition: CompiledWhere;
  readonly negated: boolean;
  /** The number of the sub-query that the term asks; undefined for a term without a sub-query. */
  readonly subquery: number | undefined;
}

/**
 * The plan of a condition with sub-queries: how the condition appears to clients. Clients see a disjunction of
 * conjunctions of terms, in which every term has a position. A row carries
 *
 * - one tag for each conjunction, made of a part for each position: a hash of the value for which the row asks the
 *   sub-query of this position, `1` for a term without a sub-query, nothing for a term of another conjunction;
 * - `active_conditions`, which says of each position whether its term is true for the row.
 *
 * When a sub-query gains or loses a value, one event with the hash of the value concerns all rows that carry the hash.
 */
export class Plan {
  readonly subqueries: Subquery[];
  readonly #positions: Position[];
  /** The numbers of the positions of each conjunction. */
  readonly #disjuncts: Set<number>[];
  readonly #columns: Map<string, TableColumn>;

  constructor(table: Table, subqueries: Subquery[], positions: Position[], disjuncts: Set<number>[]) {
    this.subqueries = subqueries;
    this.#positions = positions;
    this.#disjuncts = disjuncts;
    this.#columns = new Map(table.columns.map((column) => [column.name, column]));
  }

  /** The positions whose terms ask sub-query `index`. */
  positionsOf(index: number): number[] {
    return this.#positions.flatMap((position, i) => (position.subquery === index ? [i] : []));
  }

  /** True when rows go out, and do not come in, because sub-query `index` gains a value. */
  isNegated(index: number): boolean {
    return this.#positions.some((position) => position.subquery === index && position.negated);
  }

  /** The value for which a row asks sub-query `index`, in the form in which the values of sub-queries are kept. */
  canonicalTest(index: number, values: (string | null)[]): (string | null)[] {
    const names = this.subqueries[index]?.testColumns ?? [];
    return values.map((value, i) => canonical(this.#columns.get(names[i] ?? ""), value));
  }

  /** The tags of a row in the shape with this handle. */
  tags(handle: string, row: Row): string[] {
    const parts = this.#positions.map(({ subquery }) => {
      const asked = subquery === undefined ? undefined : this.subqueries[subquery];
      if (subquery === undefined || !asked) return "1";
      const values = asked.testColumns.map((name) => row[name] ?? null);
      return this.hash(handle, asked, this.canonicalTest(subquery, values));
    });
    return this.#disjuncts.map((disjunct) => parts.map((part, i) => (disjunct.has(i) ? part : "")).join("/"));
  }

  /** Says of each position whether its term is true for a row. */
  activeConditions(row: Row, inSubquery: InSubquery): boolean[] {
    return this.#positions.map(({ condition, subquery }) => {
      // A term that is compiled by itself numbers its sub-queries from 0.
      const ask: InSubquery = (index, value, values) => inSubquery((subquery ?? 0) + index, value, values);
      return condition.matches(row, ask);
    });
  }

  /** The hash that stands for a value of a sub-query in the tags and events of one shape. */
  hash(handle: string, subquery: Subquery, values: (string | null)[]): string {
    const parts = values.map((value) => (value === null ? "NULL" : `v:${value}`));
    const named = subquery.testColumns.map((name, i) => `${name}:${parts[i]}`);
    return md5(handle + (parts.length === 1 ? parts[0] : named.join("")));
  }

  /** SQL for the JSON text of what `tags` returns. */
  tagsSql(handle: string): string {
    const parts = this.#positions.map(({ subquery }) => {
      const asked = subquery === undefined ? undefined : this.subqueries[subquery];
      return asked ? this.#hashSql(handle, asked) : "'1'";
    });
    const tags = this.#disjuncts.map((disjunct) =>
      parts.map((part, i) => (disjunct.has(i) ? part : "''")).join(" || '/' || "),
    );
    return `'["' || ${tags.join(` || '","' || `)} || '"]'`;
  }

  /** SQL for the JSON text of what `activeConditions` returns. */
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

/**
 * A value of a column as a text that is the same for all equal values. The log and queries print some values
 * differently, and Postgres keeps the trailing zeros of a `numeric`.
 */
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

/** The query for `columns` of the rows of a sub-query. */
export function selectValues(subquery: Subquery, columns: string[]): string {
  const where = subquery.where ? ` WHERE ${subquery.where.sql}` : "";
  return `SELECT ${columns.map(quoteIdentifier).join(", ")} FROM ${quoteTable(subquery.table)}${where}`;
}
