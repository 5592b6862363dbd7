import { user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { type Column, getTableColumns, getTableName, is, type SQL, sql } from "drizzle-orm";
import { getTableConfig, PgArray, type PgTable } from "drizzle-orm/pg-core";
import type { z } from "zod";
import type { ShapePolicy } from "~/lib/electric-proxy";
import type { Person } from "../app";
import { fitting } from "./values";

export type Row = Record<string, unknown>;

const rowsPerTable = 8;

/** Rows that were made for one person, in every table, and for nobody else. */
export class World {
  readonly person: Person;
  readonly #tables: PgTable[];
  readonly #policies: ShapePolicy[];
  readonly #rows = new Map<PgTable, Row[]>();
  /** How far the person had to be named in the rows of a table. */
  readonly #depths = new Map<PgTable, number>();
  #seed = 1;

  constructor(person: Person, tables: PgTable[], policies: ShapePolicy[]) {
    this.person = person;
    this.#tables = byDependency(tables);
    this.#policies = policies;
  }

  /**
   * Fills every table. A row belongs to the person by its foreign keys; where a table's rule wants more than that, by
   * their id in arrays, and if need be in any text.
   *
   * @throws with the name of the table, when no row of a synced table can be made that the person may read
   */
  async fill(): Promise<void> {
    this.#rows.set(user, [{ id: this.person.id }]);
    for (const depth of [0, 1, 2]) {
      for (const table of this.#tables) {
        const policy = this.#policies.find((one) => one.table === table);
        const enough = depth > 0 && (!policy || (await this.readable(policy)).length > 0);
        if (enough) continue;
        this.#depths.set(table, depth);
        await this.add(table, rowsPerTable, depth);
      }
    }
    for (const policy of this.#policies) {
      if ((await this.readable(policy)).length > 0) continue;
      throw new Error(
        `${getTableName(policy.table)}: its rule lets nobody read a row whose columns name them. Does it ever hold?`,
      );
    }
  }

  /** Forgets rows that have been removed, and sees to it that each table has some. */
  async renew(): Promise<void> {
    for (const table of this.#tables) {
      const { id } = getTableColumns(table);
      if (!id || table === user) continue;
      const left = new Set((await rowsOf(table, sql`${id} in ${this.ids(table)}`)).map((row) => row.id));
      this.#rows.set(
        table,
        (this.#rows.get(table) ?? []).filter((row) => left.has(row.id)),
      );
    }
    for (const table of this.#tables) {
      const missing = 3 - this.ids(table).length;
      if (missing > 0) await this.add(table, missing);
    }
  }

  /** The ids of the rows that were made for the person, the newest first. */
  ids(table: PgTable): unknown[] {
    return (this.#rows.get(table) ?? []).map((row) => row.id);
  }

  /** The rows that the rule lets the person read, as Drizzle reads them. */
  readable(policy: ShapePolicy): Promise<Row[]> {
    return rowsOf(policy.table, policy.access.readable(this.person.id));
  }

  /** The ids of the person's rows, a list for each table. */
  idsByTable(): unknown[][] {
    return [...this.#rows.keys()].map((table) => this.ids(table));
  }

  /**
   * Changes all rows of the person in one table, so that a live shape that holds any of them has to send it.
   *
   * @returns the transaction's id
   */
  async touch(table: PgTable): Promise<{ txid: number }> {
    const { id, updatedAt } = getTableColumns(table);
    if (!id || !updatedAt) throw new Error(`${getTableName(table)}: a synced table needs id and updatedAt.`);
    const rows = await db
      .update(table)
      .set({ updatedAt: sql`clock_timestamp()` })
      .where(sql`${id} in ${this.ids(table)}`)
      .returning({ xmin: sql<string>`xmin::text` });
    return { txid: Number(rows[0]?.xmin) };
  }

  /** Adds a row to each table that a table refers to, which the next row made for that table refers to. */
  async addTargets(table: PgTable): Promise<void> {
    for (const target of new Set(referencesOf(table).values())) await this.add(target, 1);
  }

  /** Adds rows for the person to one table. */
  async add(table: PgTable, count: number, depth = this.#depths.get(table) ?? 0): Promise<void> {
    if (table === user) return;
    const policy = this.#policies.find((one) => one.table === table);
    let failure: unknown;
    let made = 0;
    // A table's own checks and unique indexes may refuse what its columns allow.
    for (let attempt = 0; made < count && attempt < count * 6; attempt++) {
      const row = this.make(table, policy?.schema, { depth, nth: attempt });
      try {
        await db.insert(table).values(row);
        this.#rows.set(table, [row, ...(this.#rows.get(table) ?? [])]);
        made++;
      } catch (error) {
        failure = error instanceof Error ? (error.cause ?? error) : error;
      }
    }
    if (this.ids(table).length > 0) return;
    throw new Error(`${getTableName(table)}: no row could be made for the tests (${failure}).`);
  }

  /**
   * A row of a table that names the person, not inserted.
   *
   * @param schema what its fields must satisfy; keys that it lacks are filled by their columns
   * @param depth how far the person is named: 0 by foreign keys, 1 in arrays too, 2 in any text
   * @param nth which of the rows that it may refer to, the newest first
   * @param foreign whose those are; the person's own by default
   */
  make(
    table: PgTable,
    schema: z.ZodObject | undefined,
    { depth = 0, nth = 0, foreign = this }: { depth?: number; nth?: number; foreign?: World } = {},
  ): Row {
    const references = referencesOf(table);
    const row: Row = {};
    for (const [key, column] of Object.entries(getTableColumns(table))) {
      const target = references.get(column);
      const named = target === user ? this.person.id : target && foreign.ids(target).at(nth % rowsPerTable);
      const value = named ?? (owned(column, depth) && ownedValue(column, this.person.id));
      if (value !== undefined && value !== false) row[key] = value;
      else if (!column.generated && !stamped(key)) {
        const field = schema?.shape[key] as z.ZodType | undefined;
        row[key] = pick(fitting(`${getTableName(table)}.${key}`, column, field, this.#seed), this.#seed);
      }
      this.#seed++;
    }
    return row;
  }
}

/** Rows by a condition, as Drizzle reads them. */
export function rowsOf(table: PgTable, condition: SQL | undefined): Promise<Row[]> {
  return db.select().from(table).where(condition);
}

function stamped(key: string): boolean {
  return key === "createdAt" || key === "updatedAt";
}

function owned(column: Column, depth: number): boolean {
  if (column.primary || column.enumValues?.length) return false;
  if (is(column, PgArray)) return depth >= 1 && holdsUserIds(column.baseColumn);
  return depth >= 2 && holdsUserIds(column);
}

function holdsUserIds(column: Column): boolean {
  return column.getSQLType() === user.id.getSQLType();
}

function ownedValue(column: Column, userId: string): unknown {
  return is(column, PgArray) ? [userId] : userId;
}

/** Which table each column refers to. */
function referencesOf(table: PgTable): Map<Column, PgTable> {
  return new Map(
    getTableConfig(table).foreignKeys.flatMap((key) => {
      const { columns, foreignTable } = key.reference();
      return columns.map((column) => [column, foreignTable] as const);
    }),
  );
}

/** The tables in an order in which rows can be added: those that are referred to first. */
function byDependency(tables: PgTable[]): PgTable[] {
  const ordered: PgTable[] = [];
  const visit = (table: PgTable, path: PgTable[]) => {
    if (ordered.includes(table) || path.includes(table)) return;
    for (const target of referencesOf(table).values()) visit(target, [...path, table]);
    ordered.push(table);
  };
  for (const table of tables) visit(table, []);
  return ordered.filter((table) => tables.includes(table));
}

function pick<T>(values: T[], seed: number): T | undefined {
  return values[(seed * 31) % Math.max(values.length, 1)];
}
