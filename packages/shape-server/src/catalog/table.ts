/** A column as the catalog describes it. */
export interface TableColumn {
  name: string;
  /** Its number in the table; a renamed column keeps it. */
  attnum: number;
  typeOid: number;
  /** `pg_type.typname`, e.g. `int4`, `_text` or the name of an enum or a domain. */
  typeName: string;
  typmod: number;
  notNull: boolean;
  /** Its place in the primary key, or null. */
  pkIndex: number | null;
  generated: boolean;
  /** Dimensions of an array as they were declared: none where its table was made like another or by a query. */
  dims: number;
  enumLabels?: string[];
  /** What a domain stands for, through all layers. */
  baseTypeName?: string;
  /** Element type of an array. */
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

/** True when a shape made of `a` is the same shape when made of `b`. */
export function sameTable(a: Table, b: Table): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
