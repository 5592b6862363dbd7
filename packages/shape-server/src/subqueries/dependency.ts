import type { ClientBase, Pool } from "pg";
import type { Table, TableColumn } from "../catalog/table.ts";
import { canonical, selectValues } from "../definition/plan.ts";
import { readTransaction } from "../postgres/read-transaction.ts";
import { textRows } from "../postgres/text-format.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Row, Subquery } from "../where/syntax/condition.ts";
import { inOrder } from "./value-order.ts";

/** One value that a sub-query gives; several columns of one row are one value. */
export type Value = (string | null)[];

/** What a transaction did to the values of a sub-query. */
export type ValueChange = { added: Value[]; removed: Value[] };

/** The rows that a sub-query gives, kept up to date from the replication stream. */
export class Dependency {
  readonly subquery: Subquery;
  readonly table: Table;
  /** Row → its value; rows are known by their key, and without one there may be several of a kind. */
  #rows = new Map<string, { value: string; times: number }>();
  /** Value → how many rows have it. */
  #counts = new Map<string, number>();
  readonly #keys: string[];

  constructor(subquery: Subquery, table: Table) {
    this.subquery = subquery;
    this.table = table;
    this.#keys = table.pk.length > 0 ? table.pk : table.columns.map((column) => column.name);
  }

  /** Reads all rows, in the transaction of `client`; gives the values that are new and gone. */
  async load(client: ClientBase): Promise<ValueChange> {
    const columns = [...new Set([...this.#keys, ...this.subquery.selected])];
    const rows = await textRows(client, selectValues(this.subquery, columns));
    const before = this.#counts;
    this.#rows = new Map();
    this.#counts = new Map();
    for (const cells of rows) {
      const row: Row = Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null]));
      this.#put(this.#keyOf(row), this.#valueOf(row));
    }
    return this.#difference(before, this.#counts);
  }

  /** All values that some row has. */
  values(): Set<string> {
    return new Set(this.#counts.keys());
  }

  /** Takes in the changes of one transaction; `matches` tells whether a row fulfils the sub-query's condition. */
  apply(
    changes: { relation: Relation; old: Cell[] | null; now: Cell[] | null }[],
    matches: (row: Row) => boolean,
  ): ValueChange {
    const before = new Map<string, number>();
    const touch = (value: string) => {
      if (!before.has(value)) before.set(value, this.#counts.get(value) ?? 0);
    };
    for (const { relation, old, now } of changes) {
      if (old) {
        const key = this.#keyOf(toRow(relation, old));
        const known = this.#rows.get(key);
        if (known) {
          touch(known.value);
          this.#remove(key, known);
        }
      }
      const row = now && toRow(relation, now);
      if (row && matches(row)) {
        const value = this.#valueOf(row);
        touch(value);
        this.#put(this.#keyOf(row), value);
      }
    }
    const after = new Map([...before.keys()].map((value) => [value, this.#counts.get(value) ?? 0]));
    return this.#difference(before, after);
  }

  #put(key: string, value: string): void {
    const known = this.#rows.get(key);
    if (known) known.times++;
    else this.#rows.set(key, { value, times: 1 });
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  #remove(key: string, known: { value: string; times: number }): void {
    if (--known.times === 0) this.#rows.delete(key);
    const count = (this.#counts.get(known.value) ?? 0) - 1;
    if (count > 0) this.#counts.set(known.value, count);
    else this.#counts.delete(known.value);
  }

  #difference(before: Map<string, number>, after: Map<string, number>): ValueChange {
    const columns = this.subquery.selected.map((name) => this.#column(name));
    return inOrder(difference(before, after), columns);
  }

  #keyOf(row: Row): string {
    return JSON.stringify(this.#keys.map((name) => this.#cell(row, name)));
  }

  #valueOf(row: Row): string {
    return JSON.stringify(this.subquery.selected.map((name) => this.#cell(row, name)));
  }

  #cell(row: Row, name: string): string | null {
    return canonical(this.#column(name), row[name] ?? null);
  }

  #column(name: string): TableColumn | undefined {
    return this.table.columns.find((candidate) => candidate.name === name);
  }
}

/** Loads a sub-query in a transaction of its own whose snapshot is accepted. */
export async function readIn(
  pool: Pool,
  accept: (snapshot: Snapshot) => boolean,
  dependency: Dependency,
): Promise<ValueChange & { snapshot: Snapshot }> {
  return readTransaction(pool, accept, async (client, snapshot) => ({
    ...(await dependency.load(client)),
    snapshot,
  }));
}

function difference(before: Map<string, number>, after: Map<string, number>): ValueChange {
  const has = (counts: Map<string, number>, value: string) => (counts.get(value) ?? 0) > 0;
  const added = [...after.keys()].filter((value) => has(after, value) && !has(before, value));
  const removed = [...before.keys()].filter((value) => has(before, value) && !has(after, value));
  const parse = (value: string): Value => JSON.parse(value);
  return { added: added.map(parse), removed: removed.map(parse) };
}

export function toRow(relation: Relation, cells: Cell[]): Row {
  return Object.fromEntries(relation.columns.map((column, i) => [column.name, cells[i]]));
}
