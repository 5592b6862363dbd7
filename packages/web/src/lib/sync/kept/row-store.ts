import { type DBSchema, type IDBPTransaction, openDB, type StoreNames } from "idb";
import { isPlace, isSamePlace, type Place } from "~/lib/sync/kept/place";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** The rows of a shape, and the place in the shape's log up to which the rows are complete. */
export interface Kept {
  readonly place: Place;
  readonly rows: readonly SyncedRow[];
}

interface StoredPlace {
  readonly place: Place;
  /** What the code of the app takes for the form of a row. Rows of another form are of no use. */
  readonly form: string;
}

interface Owner {
  readonly userId: string;
  /** Another text after each sign-out, so that a page that has not noticed the sign-out stores nothing more. */
  readonly token: string;
}

interface Schema extends DBSchema {
  owner: { key: "owner"; value: Owner };
  /** By the name of the shape, as are the rows. */
  places: { key: string; value: StoredPlace };
  rows: { key: string; value: readonly SyncedRow[] };
}

const stores: StoreNames<Schema>[] = ["owner", "places", "rows"];

/** Opened with this code, which a page loads before it knows whose rows it wants. */
const opened = openDB<Schema>("tracer-rows", 1, {
  upgrade: (db) => {
    for (const store of stores) db.createObjectStore(store);
  },
});
// Every call on the store rejects with the same error.
opened.catch(() => {});

/** The rows that the browser keeps for the user of a page. The store holds rows of one user at a time. */
export class RowStore {
  readonly #userId: string;
  readonly #form: string;
  #token: string | undefined;

  /** @param form the form of the rows that this page can show */
  constructor(userId: string, form: string) {
    this.#userId = userId;
    this.#form = form;
  }

  /** Returns the kept rows of a shape. Undefined when the store holds none of this user and of this form. */
  async find(name: string): Promise<Kept | undefined> {
    const transaction = (await opened).transaction(stores);
    const [owner, stored, rows] = await Promise.all([
      transaction.objectStore("owner").get("owner"),
      transaction.objectStore("places").get(name),
      transaction.objectStore("rows").get(name),
    ]);
    if (owner?.userId !== this.#userId) return undefined;
    this.#token ??= owner.token;
    if (stored?.form !== this.#form || !isPlace(stored.place) || !Array.isArray(rows)) return undefined;
    return { place: stored.place, rows };
  }

  /**
   * Stores the rows of a shape with their place, both or neither. Rows that another tab has stored at the same place are
   * not written again. Does nothing when the signal has aborted.
   *
   * @returns false when the rows of this page's user were deleted by another tab, so that this page stores nothing more
   */
  async keep(name: string, { place, rows }: Kept, signal: AbortSignal): Promise<boolean> {
    const db = await opened;
    if (signal.aborted) return false;
    const transaction = db.transaction(stores, "readwrite", { durability: "relaxed" });
    const owner = transaction.objectStore("owner");
    const places = transaction.objectStore("places");
    const known = await owner.get("owner");
    if (known?.userId !== this.#userId) {
      if (this.#token !== undefined) return false;
      clear(transaction);
      void owner.put({ userId: this.#userId, token: newToken() }, "owner");
    } else if (known.token !== (this.#token ?? known.token)) return false;
    const before = await places.get(name);
    const isThere = before?.form === this.#form && isPlace(before.place) && isSamePlace(before.place, place);
    if (!isThere) void transaction.objectStore("rows").put(rows, name);
    void places.put({ place, form: this.#form }, name);
    this.#token = (await owner.get("owner"))?.token;
    await transaction.done;
    return true;
  }

  /** Deletes the rows of a shape, and whatever the store still holds of another user. */
  async forget(name: string): Promise<void> {
    const transaction = (await opened).transaction(stores, "readwrite");
    const owner = await transaction.objectStore("owner").get("owner");
    if (owner?.userId === this.#userId) {
      void transaction.objectStore("places").delete(name);
      void transaction.objectStore("rows").delete(name);
    } else clear(transaction);
    await transaction.done;
  }

  /** Deletes all rows of the user. No page that is open now stores any again. */
  async wipe(): Promise<void> {
    const transaction = (await opened).transaction(stores, "readwrite");
    const owner = await transaction.objectStore("owner").get("owner");
    if (owner?.userId === this.#userId) clear(transaction);
    await transaction.done;
  }
}

/** Deletes the rows of whichever user the store holds. */
export async function wipeRows(): Promise<void> {
  const transaction = (await opened).transaction(stores, "readwrite");
  clear(transaction);
  await transaction.done;
}

function clear(transaction: IDBPTransaction<Schema, StoreNames<Schema>[], "readwrite">): void {
  for (const store of stores) void transaction.objectStore(store).clear();
}

/** The text need only differ from the one before. */
function newToken(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}
