/** What conditions need to know of a column. The catalog's description has more. */
export interface Column {
  name: string;
  /** `pg_type.typname`, for example `int4`, `_text`, `mood`. */
  typeName: string;
  enumLabels?: string[];
  /** The base type of a domain. */
  baseTypeName?: string;
  /** The element type of an array. */
  elementTypeName?: string;
}

export interface TableName {
  schema: string;
  name: string;
}

export interface Table extends TableName {
  columns: Column[];
}

/**
 * The values of a row by column name, in Postgres' text output. null is NULL. undefined is a TOAST value that an
 * update left unchanged: replication does not send such a value.
 */
export type Row = Record<string, string | null | undefined>;

/**
 * Answers whether the values of a row are among the rows of a sub-query; null is Postgres' unknown.
 * @param index the number of the sub-query in the condition
 * @param value the first of the compared values
 * @param values all compared values, in the order of `Subquery.testColumns`
 */
export type InSubquery = (index: number, value: string | null, values?: (string | null)[]) => boolean | null;

/** A part `x IN (SELECT …)` of a condition. */
export interface Subquery {
  /** The place of the sub-query among those of the same condition, in order of appearance, from 0. */
  index: number;
  /** True behind an odd number of NOTs. */
  negated: boolean;
  /** Columns of the outer table on the left side of IN. */
  testColumns: string[];
  table: TableName;
  /** All columns of the inner table. */
  columns: Column[];
  /** The inner columns that are compared with `testColumns`, in the same order. */
  selected: string[];
  /** The condition inside the sub-query, which may hold sub-queries itself; null when there is none. */
  where: CompiledWhere | null;
}

/** A test `column = constant`; the constant is in the text output of the column's type. */
export interface Equality {
  column: string;
  value: string;
}

/** A condition that can be tested on a row and sent to Postgres. */
export interface CompiledWhere {
  /** The identity of the condition, parameters included: equal for `n=3`, `(n = 3)` and `"n" = 3`. */
  canonical: string;
  /** The condition as SQL: every identifier quoted, every literal escaped, parameters as typed literals. */
  sql: string;
  /** Columns of the outer table that the condition reads. */
  columns: ReadonlySet<string>;
  /** Whether the condition is TRUE for the row, not FALSE and not unknown. Does not throw. */
  matches(row: Row, inSubquery?: InSubquery): boolean;
  /** Equalities that must hold wherever the condition does: the condition joins them to the rest by AND. */
  equalities: Equality[];
  subqueries: Subquery[];
}

/** Looks a table up; null when there is none. Without a schema the name is looked up in `public`. */
export type DescribeTable = (schema: string | undefined, name: string) => Promise<Table | null>;
