import type { SyncParameters } from "~/lib/sync/first-rows";
import { keptFor } from "~/lib/sync/kept/kept-for";
import { isPlace, placeKey } from "~/lib/sync/kept/place";
import { type Beginning, beginWith } from "~/lib/sync/kept/resume";
import { hasRoomFor } from "~/lib/sync/kept/room";
import { RowStore } from "~/lib/sync/kept/row-store";
import type { Running } from "~/lib/sync/kept/running";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** How long changed rows wait until they are stored, together with the changes of this time, in milliseconds. */
const storeAfter = 1_000;

export interface VisitOptions {
  readonly userId: string;
  /** Aborts when the user's collections end. */
  readonly signal: AbortSignal;
}

/** What one page finds in the browser's store, and leaves there for the next visit. No method rejects. */
export class Visit {
  readonly #options: VisitOptions;
  readonly #store: RowStore;
  readonly #changed = new Map<string, SyncParameters<SyncedRow>>();
  /** True when this page stores nothing more. */
  #over = false;

  constructor(options: VisitOptions) {
    this.#options = options;
    this.#store = new RowStore(options.userId, import.meta.env.TRACER_ROW_FORM ?? "");
  }

  /**
   * Looks for the rows of a shape.
   *
   * @returns a function that begins the shape with the kept rows. Undefined when there are none
   */
  async look(shape: Beginning, mayResume: boolean): Promise<(() => Running) | undefined> {
    const kept = await this.#store.find(shape.name).catch(this.#giveUp);
    return kept && (() => beginWith(kept, shape, mayResume));
  }

  /** Stores the rows of a shape in a moment, together with the changes until then. */
  changed(name: string, parameters: SyncParameters<SyncedRow>): void {
    if (this.#over) return;
    if (this.#changed.size === 0) setTimeout(() => this.#storeAll().catch(this.#giveUp), storeAfter);
    this.#changed.set(name, parameters);
  }

  async forget(name: string): Promise<void> {
    await this.#store.forget(name).catch(this.#giveUp);
  }

  /** Deletes all rows of the user. */
  async wipe(): Promise<void> {
    await this.#store.wipe().catch(this.#giveUp);
  }

  async #storeAll(): Promise<void> {
    const { userId, signal } = this.#options;
    const shapes = [...this.#changed];
    this.#changed.clear();
    for (const [name, parameters] of shapes) {
      if (signal.aborted || this.#over) return;
      if (!(await this.#keep(name, parameters))) this.#over = true;
      else if (!signal.aborted) localStorage.setItem(keptFor, userId);
    }
  }

  /**
   * Stores the rows of a shape as the server has confirmed them, without the edits that wait. A shape that is being loaded
   * anew, or that has grown too large, is deleted from the store.
   *
   * @returns false when this page is to store nothing more
   */
  async #keep(name: string, { metadata, collection }: SyncParameters<SyncedRow>): Promise<boolean> {
    // Both are read in one turn, so the place is that of the rows.
    const place = metadata?.collection.get(placeKey);
    const rows = [...collection._state.syncedData.values()];
    if (isPlace(place) && hasRoomFor(rows))
      return await this.#store.keep(name, { place, rows }, this.#options.signal);
    await this.#store.forget(name);
    return true;
  }

  readonly #giveUp = (error: unknown): undefined => {
    if (!this.#over) console.warn("Rows cannot be kept for the next visit.", error);
    this.#over = true;
  };
}
