import type { Pool } from "pg";
import { sameTable, type Table, type TableColumn } from "./table.ts";

/** What `Catalog` reports to the engine. */
export interface CatalogEvents {
  /** A table that was known has been dropped or renamed, or another table has taken its name. */
  tableGone(oid: number): void;
}

/**
 * Describes tables, and remembers the descriptions. A description is renewed when the replication stream announces a
 * change of the table, when a new shape is made of the table, and by `verify`.
 */
export class Catalog {
  readonly #pool: Pool;
  readonly #events: CatalogEvents;
  readonly #tables = new Map<string, Table>();

  constructor(pool: Pool, events: CatalogEvents) {
    this.#pool = pool;
    this.#events = events;
  }

  /** The description of a table that is remembered; undefined when there is none. */
  known(schema: string, name: string): Table | undefined {
    return this.#tables.get(keyOf(schema, name));
  }

  /** Asks the database for a table; null when no table has this name, or when no shape can be made of it. */
  async describe(schema: string, name: string): Promise<Table | null> {
    const { rows } = await this.#pool.query<TableRow>(
      `${describeSql} AND n.nspname = $1 AND c.relname = $2`,
      [schema, name],
    );
    const found = rows[0];
    if (found) return this.#remember(toTable(found));
    this.#forget(keyOf(schema, name));
    return null;
  }

  /** Renews the description of the table with this oid; null when the table is gone. */
  async refresh(oid: number): Promise<Table | null> {
    const { rows } = await this.#pool.query<TableRow>(`${describeSql} AND c.oid = $1`, [oid]);
    const found = rows[0];
    const table = found ? toTable(found) : null;
    for (const [key, known] of this.#tables) {
      if (known.oid === oid && (!table || key !== keyOf(table.schema, table.name))) this.#forget(key);
    }
    return table && this.#remember(table);
  }

  /** Forgets the description of the table with this oid, because the table may have changed. */
  forget(oid: number): void {
    for (const [key, known] of this.#tables) if (known.oid === oid) this.#tables.delete(key);
  }

  /** Asks the database whether the known tables still have their names, and reports those that have not. */
  async verify(): Promise<void> {
    // Further tables may become known while the database answers.
    const asked = [...this.#tables];
    if (asked.length === 0) return;
    const { rows } = await this.#pool.query<{ oid: string; nspname: string; relname: string }>(
      `SELECT c.oid::text, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid = ANY($1::oid[])`,
      [asked.map(([, table]) => table.oid)],
    );
    const names = new Map(rows.map((row) => [Number(row.oid), keyOf(row.nspname, row.relname)]));
    for (const [key, { oid }] of asked) {
      if (names.get(oid) !== key && this.#tables.get(key)?.oid === oid) this.#forget(key);
    }
  }

  #remember(table: Table): Table {
    const key = keyOf(table.schema, table.name);
    const known = this.#tables.get(key);
    if (known && sameTable(known, table)) return known;
    if (known && known.oid !== table.oid) this.#forget(key);
    this.#tables.set(key, table);
    return table;
  }

  #forget(key: string): void {
    const table = this.#tables.get(key);
    if (!table) return;
    this.#tables.delete(key);
    this.#events.tableGone(table.oid);
  }
}

const keyOf = (schema: string, name: string) => JSON.stringify([schema, name]);

/** A table as the query `describeSql` returns it. */
interface TableRow {
  oid: string;
  schema: string;
  name: string;
  columns: (Omit<TableColumn, "typeOid" | "enumLabels" | "baseTypeName" | "elementTypeName"> & {
    typeOid: string;
    enumLabels: string[] | null;
    baseTypeName: string | null;
    elementTypeName: string | null;
  })[];
  leaves: { oid: string; schema: string; name: string }[] | null;
}

function toTable(row: TableRow): Table {
  const columns = row.columns.map(
    ({ typeOid, enumLabels, baseTypeName, elementTypeName, ...column }): TableColumn => ({
      ...column,
      typeOid: Number(typeOid),
      ...(enumLabels ? { enumLabels } : {}),
      ...(baseTypeName ? { baseTypeName } : {}),
      ...(elementTypeName ? { elementTypeName } : {}),
    }),
  );
  return {
    oid: Number(row.oid),
    schema: row.schema,
    name: row.name,
    columns,
    pk: columns
      .filter((column) => column.pkIndex !== null)
      .sort((a, b) => (a.pkIndex ?? 0) - (b.pkIndex ?? 0))
      .map((column) => column.name),
    leaves: (row.leaves ?? []).map((leaf) => ({ ...leaf, oid: Number(leaf.oid) })),
  };
}

const describeSql = `
SELECT c.oid::text, n.nspname AS schema, c.relname AS name,
  (SELECT coalesce(json_agg(json_build_object(
      'name', a.attname, 'attnum', a.attnum, 'typeOid', a.atttypid::text, 'typeName', t.typname, 'typmod', a.atttypmod,
      'notNull', a.attnotnull, 'generated', a.attgenerated <> '',
      'dims', a.attndims,
      'pkIndex', (SELECT array_position(i.indkey::int2[], a.attnum) FROM pg_index i
                  WHERE i.indrelid = c.oid AND i.indisprimary),
      'enumLabels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e
                     WHERE e.enumtypid IN (coalesce(base.oid, t.oid),
                       CASE WHEN t.typlen = -1 THEN t.typelem ELSE 0 END)),
      'baseTypeName', base.typname,
      'elementTypeName', CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN element.typname END
    ) ORDER BY a.attnum), '[]')
   FROM pg_attribute a
   JOIN pg_type t ON t.oid = a.atttypid
   LEFT JOIN pg_type element ON element.oid = t.typelem
   LEFT JOIN LATERAL (
     WITH RECURSIVE layers AS (
       SELECT d.typbasetype AS oid FROM pg_type d WHERE d.oid = t.oid AND d.typtype = 'd'
       UNION ALL
       SELECT d.typbasetype FROM layers JOIN pg_type d ON d.oid = layers.oid AND d.typtype = 'd')
     SELECT b.oid, b.typname FROM layers JOIN pg_type b ON b.oid = layers.oid AND b.typtype <> 'd'
   ) base ON true
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT json_agg(json_build_object('oid', leaf.oid::text, 'schema', ln.nspname, 'name', leaf.relname))
   FROM pg_partition_tree(c.oid) tree JOIN pg_class leaf ON leaf.oid = tree.relid
   JOIN pg_namespace ln ON ln.oid = leaf.relnamespace
   WHERE c.relkind = 'p' AND tree.isleaf AND leaf.oid <> c.oid) AS leaves
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;
