import type { ClientBase, Pool } from "pg";
import { keyColumnsOf, type Table, type TableColumn } from "../catalog/table.ts";
import { canonical, selectValues } from "../definition/plan.ts";
import { toRow } from "../definition/row.ts";
import { readTransaction } from "../postgres/read-transaction.ts";
import { textRows } from "../postgres/text-format.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { Row, Subquery } from "../where/syntax/condition.ts";
import type { Value, ValueChange } from "./move.ts";
import type { Change } from "./transaction.ts";
import { inOrder } from "./value-order.ts";

/** The rows of one sub-query of a shape, kept up to date from the replication stream. */
export class Dependency {
  readonly subquery: Subquery;
  readonly table: Table;
  /** Key of a row → its value, and how often the row is there: without a primary key the same row may be there often. */
  #rows = new Map<string, KnownRow>();
  /** Value → how many rows have the value. */
  #counts = new Map<string, number>();
  readonly #keys: string[];

  constructor(subquery: Subquery, table: Table) {
    this.subquery = subquery;
    this.table = table;
    this.#keys = keyColumnsOf(table);
  }

  /** Reads all rows in the transaction of `client`, and returns how the values differ from those known before. */
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

  /** Takes in the changes of one transaction; `matches` is the condition of the sub-query. */
  apply(changes: readonly Change[], matches: (row: Row) => boolean): ValueChange {
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

  #remove(key: string, known: KnownRow): void {
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

interface KnownRow {
  readonly value: string;
  times: number;
}

/** Loads the rows of a sub-query in a transaction of its own. `accept` decides whether its snapshot is recent enough. */
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
