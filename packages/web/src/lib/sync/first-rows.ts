import type { SyncConfig } from "@tanstack/react-db";

/** The sync of a collection of these rows. */
export type Sync<Row extends object> = SyncConfig<Row, string | number>;
export type SyncParameters<Row extends object> = Parameters<Sync<Row>["sync"]>[0];

/**
 * The rows that a collection shows until the first load of its shape has come: those that came with the page, or those of
 * the last visit.
 *
 * TanStack DB can begin with `initialData` too, but then keeps the rows that the first load no longer has.
 */
export class FirstRows<Row extends { id: string }> {
  #rows: readonly Row[] | undefined;
  #show = (): void => {};
  /** The rows of the first load so far. The collection shows them when the load is complete. */
  readonly #brought = new Set<string | number>();
  #loaded = false;
  #given = false;
  /** The first rows that the shape has not brought yet. */
  readonly #unconfirmed = new Map<string | number, Row>();

  /** True once rows were given, even when there was none among them. */
  get given(): boolean {
    return this.#given;
  }

  /** Whether the collection shows a row with the key of each of these rows, and the shape has brought none of them. */
  holds(rows: readonly Row[]): boolean {
    return rows.every(({ id }) => this.#unconfirmed.has(id));
  }

  /**
   * Gives the rows to the collection. Rows that are given later take the place of those with the same keys. Has no effect
   * once the first load is complete.
   */
  take(rows: readonly Row[]): void {
    if (this.#loaded) return;
    this.#rows = rows;
    this.#show();
  }

  /** Treats rows that the collection shows as first rows again: what the next load does not bring is dropped. */
  doubt(rows: Iterable<Row>): void {
    for (const row of rows) this.#unconfirmed.set(row.id, row);
  }

  /**
   * Makes a collection begin with the rows.
   *
   * @param sync loads the shape. Undefined on the server, where a collection shows these rows and no others
   */
  before(sync: Sync<Row> | undefined): Sync<Row> {
    return { ...sync, sync: (parameters) => this.#begin(parameters, sync) };
  }

  #begin(parameters: SyncParameters<Row>, sync: Sync<Row> | undefined): ReturnType<Sync<Row>["sync"]> {
    const { begin, write, commit, truncate, markReady } = parameters;
    const unconfirmed = this.#unconfirmed;
    const brought = this.#brought;
    unconfirmed.clear();
    brought.clear();
    this.#loaded = false;
    this.#given = false;

    function writeAll(type: "insert" | "delete", rows: Iterable<Row>): void {
      begin({ immediate: true });
      // TanStack DB refuses an insert of a row that is there with other values.
      for (const value of rows)
        write({ type: type === "insert" && unconfirmed.has(value.id) ? "update" : type, value });
      commit();
    }

    this.#show = () => {
      const rows = this.#rows;
      if (!rows) return;
      this.#rows = undefined;
      this.#given = true;
      writeAll("insert", rows);
      this.doubt(rows.filter(({ id }) => !brought.has(id)));
      markReady();
    };
    this.#show();

    return sync?.sync({
      ...parameters,
      write: (message) => {
        const key = "key" in message ? message.key : message.value.id;
        if (!this.#loaded) brought.add(key);
        const isKnown = unconfirmed.delete(key);
        write(isKnown && message.type === "insert" ? { ...message, type: "update" } : message);
      },
      truncate: () => {
        unconfirmed.clear();
        brought.clear();
        truncate();
      },
      // The first load is complete: what it did not bring has gone since the first rows were read.
      markReady: () => {
        this.#loaded = true;
        if (unconfirmed.size > 0) writeAll("delete", unconfirmed.values());
        unconfirmed.clear();
        brought.clear();
        markReady();
      },
    });
  }
}
