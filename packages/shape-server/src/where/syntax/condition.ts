/** A column as the catalog describes it. */
export interface Column {
  name: string;
  typeOid: number;
  /** `pg_type.typname`, for example `int4`, `_text`, `mood`. */
  typeName: string;
  typmod: number;
  notNull: boolean;
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

/** A row in Postgres' text output; null is NULL, undefined an unchanged TOAST value that nobody knows. */
export type Row = Record<string, string | null | undefined>;

/** Says whether a value (or a row of values) is among the rows of the sub-query with this index; null is NULL. */
export type InSubquery = (index: number, value: string | null, values?: (string | null)[]) => boolean | null;

/** A part `x IN (SELECT …)` of a condition. */
export interface Subquery {
  index: number;
  negated: boolean;
  /** Columns of the root table on the left side. */
  testColumns: string[];
  table: TableName;
  /** All columns of the inner table. */
  columns: Column[];
  /** The inner columns that are compared with `testColumns`, in their order. */
  selected: string[];
  /** The condition inside the sub-query, null when it has none; it may hold sub-queries itself. */
  where: CompiledWhere | null;
}

export interface CompiledWhere {
  /** Identity of the condition with its parameters put in: equal for `n=3`, `(n = 3)` and `"n" = 3`. */
  canonical: string;
  /** The condition as SQL, every identifier quoted, every literal escaped, parameters as typed literals. */
  sql: string;
  /** Values for `$1`… of `sql`; empty, since parameters are put in as literals. */
  values: (string | null)[];
  /** Columns of the root table that it reads. */
  columns: ReadonlySet<string>;
  /** True only when the condition is TRUE for the row. Never throws. */
  matches(row: Row, inSubquery?: InSubquery): boolean;
  /** Top-level `column = constant` tests joined by AND; the value in the type's text output. */
  equalities: { column: string; value: string }[];
  subqueries: Subquery[];
}

export type DescribeTable = (schema: string | undefined, name: string) => Promise<Table | null>;
