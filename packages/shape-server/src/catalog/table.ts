/** A column as the catalog describes it. */
export interface TableColumn {
  name: string;
  /** The number of the column in the table. A renamed column keeps its number. */
  attnum: number;
  typeOid: number;
  /** `pg_type.typname`, e.g. `int4`, `_text` or the name of an enum or a domain. */
  typeName: string;
  typmod: number;
  notNull: boolean;
  /** The place of the column in the primary key; null for other columns. */
  pkIndex: number | null;
  generated: boolean;
  /** The declared dimensions of an array; 0 where LIKE or a query has created the table. */
  dims: number;
  enumLabels?: string[];
  /** The type beneath a domain and beneath all domains that the domain is made of. */
  baseTypeName?: string;
  /** The type of an array's elements. */
  elementTypeName?: string;
}

/** A table, partitioned table or partition that a shape can be made of. */
export interface Table {
  oid: number;
  schema: string;
  name: string;
  columns: TableColumn[];
  /** Names of the primary key's columns in key order; empty without a key. */
  pk: string[];
  /** Partitioned tables hold no rows of their own: changes come from `leaves`. */
  leaves: { oid: number; schema: string; name: string }[];
}

/**
 * The names of the columns that tell a table's rows apart: the primary key in its order, or all columns where the table
 * has no primary key.
 */
export function keyColumnsOf(table: {
  readonly pk: string[];
  readonly columns: readonly { readonly name: string }[];
}): string[] {
  return table.pk.length > 0 ? table.pk : table.columns.map((column) => column.name);
}

/** True when two descriptions of a table are alike, so that all shapes of the table are alike. */
export function sameTable(a: Table, b: Table): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
