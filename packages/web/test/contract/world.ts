import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { type Column, getTableColumns, getTableName, is, or, type SQL, sql } from "drizzle-orm";
import { getTableConfig, PgArray, type PgTable } from "drizzle-orm/pg-core";
import type { z } from "zod";
import type { ShapePolicy } from "~/lib/electric-proxy";
import type { Person } from "../app";
import { causeOf } from "./causes";
import { freshValue, uniqueColumnsOf } from "./unique";
import { fitting } from "./values";

export type Row = Record<string, unknown>;

const rowsPerTable = 8;

/** The rows of one person: rows in every table that belong to this person alone. */
export class World {
  readonly person: Person;
  readonly #tables: PgTable[];
  readonly #policies: ShapePolicy[];
  readonly #rows = new Map<PgTable, Row[]>();
  /** How the rows of a table name the person, as `make` takes `depth`. */
  readonly #depths = new Map<PgTable, number>();
  #seed = nextSeed();
  #turn = 0;

  constructor(person: Person, tables: PgTable[], policies: ShapePolicy[]) {
    this.person = person;
    this.#tables = byDependency(tables);
    this.#policies = policies;
  }

  /**
   * Fills every table. The foreign keys of a row name the person. Where the rule of a table asks for more, arrays hold
   * the person's id as well, and after those every text.
   *
   * @throws with the name of a synced table when the person may read none of its rows
   */
  async fill(): Promise<void> {
    this.#rows.set(user, [{ id: this.person.id }]);
    for (const depth of [0, 1, 2]) {
      for (const table of this.#tables) {
        if (depth > 0 && (await this.#readsAll(table))) continue;
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

  /** Whether the person reads rows of every shape of a table. */
  async #readsAll(table: PgTable): Promise<boolean> {
    for (const policy of this.#shapesOf(table)) if ((await this.readable(policy)).length === 0) return false;
    return true;
  }

  /** The shapes of a table, the one with the most columns first. */
  #shapesOf(table: PgTable): ShapePolicy[] {
    const width = ({ schema }: ShapePolicy) => Object.keys(schema.shape).length;
    return this.#policies.filter((one) => one.table === table).sort((a, b) => width(b) - width(a));
  }

  /** Forgets deleted rows, and adds rows until each table has three. */
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

  /** The ids of the person's rows in a table, the newest first. */
  ids(table: PgTable): unknown[] {
    return (this.#rows.get(table) ?? []).map((row) => row.id);
  }

  /** The rows that the rule lets the person read, as Drizzle reads them. */
  readable(policy: ShapePolicy): Promise<Row[]> {
    return rowsOf(policy.table, policy.access.readable(this.person.id));
  }

  /** The tables in which the person has rows, `user` first. */
  tables(): PgTable[] {
    return [...this.#rows.keys()];
  }

  /** The ids of the person's rows, a list for each table. */
  idsByTable(): unknown[][] {
    return [...this.#rows.keys()].map((table) => this.ids(table));
  }

  /**
   * Updates all rows of the person in one table, so that a live shape that holds one of the rows has to send a change.
   *
   * @returns the id of the transaction
   * @throws with the name of the table when the shape would send nothing, so that nobody waits in vain
   */
  async touch(policy: ShapePolicy): Promise<{ txid: number }> {
    const { table, schema } = policy;
    const { id, updatedAt } = getTableColumns(table);
    const before = await this.#shown(policy);
    if (!id || !updatedAt) throw new Error(`${getTableName(table)}: a synced table needs id and updatedAt.`);
    const rows = await db
      .update(table)
      .set({ updatedAt: sql`clock_timestamp()`, ...this.#seenChange(table, schema) })
      .where(sql`${id} in ${this.ids(table)}`)
      .returning({ xmin: sql<string>`xmin::text` });
    if (!rows[0]) throw new Error(`${getTableName(table)}: the person has no row that could be changed.`);
    if (!("updatedAt" in schema.shape) && isDeepStrictEqual(before, await this.#shown(policy))) {
      throw new Error(
        `${getTableName(table)}: no change of the person's rows shows in the shape. It needs updatedAt, or another column that changes.`,
      );
    }
    return { txid: Number(rows[0].xmin) };
  }

  /** What a shape holds of the person's rows. */
  async #shown(policy: ShapePolicy): Promise<Row[]> {
    const ids = new Set(this.ids(policy.table));
    const rows = (await this.readable(policy)).filter((row) => ids.has(row.id));
    const keys = Object.keys(policy.schema.shape);
    return rows
      .sort((a, b) => String(a.id).localeCompare(String(b.id)))
      .map((row) => Object.fromEntries(keys.map((key) => [key, row[key]])));
  }

  /**
   * Removes all rows of the person from one table, those that a procedure added too: they may hold every value that a
   * unique constraint allows. `renew` adds some again.
   */
  async remove(table: PgTable): Promise<void> {
    const { id } = getTableColumns(table);
    if (!id || table === user) return;
    const ids = this.ids(table);
    const conditions = this.#shapesOf(table).map(({ access }) => access?.deletable(this.person.id));
    if (ids.length > 0) conditions.push(sql`${id} in ${ids}`);
    if (conditions.length > 0) await db.delete(table).where(or(...conditions));
    this.#rows.set(table, []);
  }

  /** Adds a row to each table that this table refers to. The next row of this table refers to the added rows. */
  async addTargets(table: PgTable): Promise<void> {
    for (const target of new Set(referencesOf(table).values())) await this.add(target, 1);
  }

  /** Adds rows for the person to one table. */
  async add(table: PgTable, count: number, depth = this.#depths.get(table) ?? 0): Promise<void> {
    if (table === user) return;
    const shapes = this.#shapesOf(table);
    const founding = shapes.find(({ access }) => access?.founding)?.access.founding;
    let failure: unknown;
    let made = 0;
    // A table's own checks and unique indexes may refuse what its columns allow.
    for (let attempt = 0; made < count && attempt < count * 6; attempt++) {
      const row = {
        ...this.make(table, shapes[0]?.schema, { depth, nth: attempt }),
        ...(await this.newcomerOf(table)),
      };
      try {
        await db.insert(table).values(row);
        this.#keep(table, row);
        made++;
        const first = founding?.(row, this.person.id);
        if (!first) continue;
        await db.insert(first.table).values({ ...first.values });
        this.#keep(first.table, { ...first.values });
      } catch (error) {
        failure = error;
      }
    }
    if (this.ids(table).length > 0) return;
    const cause = (await causeOf(table, failure)) ?? failure;
    throw new Error(`${getTableName(table)}: no row could be made for the tests. ${cause}`);
  }

  /** A change that a shape without `updatedAt` shows: another value of some column. */
  #seenChange(table: PgTable, { shape }: z.ZodObject): Row {
    if ("updatedAt" in shape) return {};
    const references = referencesOf(table);
    for (const [key, column] of Object.entries(getTableColumns(table))) {
      if (!(key in shape) || column.primary || references.has(column)) continue;
      const before = new Set((this.#rows.get(table) ?? []).map((row) => row[key]));
      const name = `${getTableName(table)}.${key}`;
      const values = fitting(name, column, shape[key] as z.ZodType, this.#seed++);
      const value = values.find((one) => !before.has(one));
      if (value === undefined) continue;
      for (const row of this.#rows.get(table) ?? []) row[key] = value;
      return { [key]: value };
    }
    throw new Error(`${getTableName(table)}: a shape needs a column that changes, such as updatedAt.`);
  }

  #keep(table: PgTable, row: Row): void {
    this.#rows.set(table, [row, ...(this.#rows.get(table) ?? [])]);
  }

  /**
   * Makes a person to whom a new membership can be given, since nobody has two in one place.
   *
   * @returns the columns of the membership that name the person. Empty for a table of other rows
   */
  async newcomerOf(table: PgTable): Promise<Row> {
    if (!this.#shapesOf(table).some(({ access }) => access?.memberships)) return {};
    const id = randomUUID();
    await db.insert(user).values({ id, name: "Carol", email: `${id}@example.com` });
    return { userId: id };
  }

  /** Picks one after another of these rows, and begins again after the last one. */
  next(rows: Row[]): Row | undefined {
    return rows[this.#turn++ % Math.max(rows.length, 1)];
  }

  /**
   * Makes a row that names the person, without inserting the row.
   *
   * @param schema the schema of the fields. A key without a field gets any value that the column accepts
   * @param depth how the row names the person: 0 in foreign keys, 1 in arrays too, 2 in every text too
   * @param nth which row a foreign key refers to, counted from the newest
   * @param foreign the owner of the rows that foreign keys refer to
   */
  make(
    table: PgTable,
    schema: z.ZodObject | undefined,
    { depth = 0, nth = 0, foreign = this }: { depth?: number; nth?: number; foreign?: World } = {},
  ): Row {
    const references = referencesOf(table);
    const unique = new Set(uniqueColumnsOf(table).flat());
    const row: Row = {};
    for (const [key, column] of Object.entries(getTableColumns(table))) {
      const target = references.get(column);
      const named = target === user ? this.person.id : target && foreign.ids(target).at(nth % rowsPerTable);
      const value = named ?? (owned(column, depth) && ownedValue(column, this.person.id));
      if (value !== undefined && value !== false) row[key] = value;
      else if (target && !column.notNull) row[key] = null;
      else if (!column.generated && !stamped(key)) {
        const field = schema?.shape[key] as z.ZodType | undefined;
        const values = fitting(`${getTableName(table)}.${key}`, column, field, this.#seed);
        row[key] =
          column.primary || unique.has(column.name) ? freshValue(column, values) : pick(values, this.#seed);
      }
      this.#seed++;
    }
    return row;
  }
}

let worlds = 0;

/** Each person gets other values, so that a unique column takes the rows of both. */
function nextSeed(): number {
  return 1 + 100_000 * worlds++;
}

/** Reads the rows that satisfy a condition. */
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

/** Maps each column with a foreign key to the table that the key refers to. */
function referencesOf(table: PgTable): Map<Column, PgTable> {
  return new Map(
    getTableConfig(table).foreignKeys.flatMap((key) => {
      const { columns, foreignTable } = key.reference();
      return columns.map((column) => [column, foreignTable] as const);
    }),
  );
}

/** Sorts tables so that each table follows the tables that it refers to. */
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
