import type { SyncConfig } from "@tanstack/react-db";

/** The sync of a collection of these rows. */
type Sync<Row extends object> = SyncConfig<Row, string | number>;
type SyncParameters<Row extends object> = Parameters<Sync<Row>["sync"]>[0];

/**
 * The rows that came with the page. A collection shows these rows until the first load of its shape has come.
 *
 * TanStack DB can begin with `initialData` too, but then keeps the rows that the first load no longer has.
 */
export class FirstRows<Row extends { id: string }> {
  #rows: readonly Row[] | undefined;
  #show = (): void => {};
  /** True from the first row that the shape has brought. */
  #overtaken = false;

  /** Gives the rows to the collection. Has no effect once the shape itself has brought rows. */
  take(rows: readonly Row[]): void {
    if (this.#overtaken) return;
    this.#rows = rows;
    this.#show();
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
    /** The first rows that the shape has not brought yet. */
    const unconfirmed = new Map<string | number, Row>();

    function writeAll(type: "insert" | "delete", rows: Iterable<Row>): void {
      begin({ immediate: true });
      for (const value of rows) write({ type, value });
      commit();
    }

    this.#show = () => {
      const rows = this.#rows;
      if (!rows) return;
      this.#rows = undefined;
      for (const row of rows) unconfirmed.set(row.id, row);
      writeAll("insert", rows);
      markReady();
    };
    this.#show();

    return sync?.sync({
      ...parameters,
      begin: (options) => {
        this.#overtaken = true;
        begin(options);
      },
      write: (message) => {
        const isKnown = unconfirmed.delete("key" in message ? message.key : message.value.id);
        // TanStack DB refuses an insert of a row that is there with other values.
        write(isKnown && message.type === "insert" ? { ...message, type: "update" } : message);
      },
      truncate: () => {
        unconfirmed.clear();
        truncate();
      },
      // The first load is complete: what it did not bring has gone since the page was made.
      markReady: () => {
        this.#overtaken = true;
        if (unconfirmed.size > 0) writeAll("delete", unconfirmed.values());
        unconfirmed.clear();
        markReady();
      },
    });
  }
}
