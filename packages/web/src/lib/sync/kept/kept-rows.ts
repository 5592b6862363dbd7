import type { Sync } from "~/lib/sync/first-rows";
import { keptFor } from "~/lib/sync/kept/kept-for";
import type { Beginning } from "~/lib/sync/kept/resume";
import { end, type Running } from "~/lib/sync/kept/running";
import type { Visit, VisitOptions } from "~/lib/sync/kept/visit";
import { pause } from "~/lib/sync/pause";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** How long a collection waits for the kept rows before it begins without them, in milliseconds. */
const patience = 1_000;

const load = () => import("~/lib/sync/kept/visit");

// The code of the store comes while the page is made ready. Whoever keeps no rows need not wait for the code.
if (typeof window !== "undefined" && localStorage.getItem(keptFor) !== null) load().catch(() => {});

interface Session extends VisitOptions {
  /** Whether an edit may wait for a txid that a catch-up would not bring, because the kept rows have the edit already. */
  readonly mayLackTxid: () => Promise<boolean>;
}

/**
 * Keeps the rows of one user's shapes in the browser until the next visit. Only a page that may find rows waits for the code
 * of the store. When the browser can store nothing, each visit loads each shape as a whole.
 */
export class KeptRows {
  readonly #session: Session;
  #visit: Promise<Visit | undefined> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Makes a collection begin with the rows and at the place of the last visit, and stores its rows from then on. */
  around({ sync, ...shape }: Omit<Beginning, "parameters">): Sync<SyncedRow> {
    if (typeof indexedDB === "undefined") return sync;
    const stored: Sync<SyncedRow>["sync"] = (parameters) =>
      sync.sync({
        ...parameters,
        commit: (signal) => {
          const applied = parameters.commit(signal);
          void this.#open().then((visit) => visit?.changed(shape.name, parameters));
          return applied;
        },
      });
    return {
      ...sync,
      sync: (parameters) =>
        this.#mayHold()
          ? this.#begin({ ...shape, sync: { ...sync, sync: stored }, parameters })
          : stored(parameters),
    };
  }

  /** Deletes the rows of a shape, because the server has refused the place or an answer could not be used. */
  forget(name: string): void {
    if (this.#mayHold()) void this.#open().then((visit) => visit?.forget(name));
  }

  /** Deletes all rows of the user. Call after the signal of the session has aborted. */
  async wipe(): Promise<void> {
    const mayHold = this.#mayHold();
    if (mayHold) localStorage.removeItem(keptFor);
    if (mayHold || this.#visit) await (await this.#open())?.wipe();
  }

  #mayHold(): boolean {
    return localStorage.getItem(keptFor) === this.#session.userId;
  }

  #begin(shape: Beginning): Running {
    const ended = new AbortController();
    let running: Running;
    const looked = Promise.all([this.#open(), this.#session.mayLackTxid()])
      .then(([visit, mayLackTxid]) => visit?.look(shape, !mayLackTxid))
      .catch(() => undefined);
    Promise.race([looked, pause(patience, ended.signal)])
      .then((begin) => {
        if (!ended.signal.aborted) running = begin ? begin() : shape.sync.sync(shape.parameters);
      })
      .catch(shape.parameters.markError);
    return () => {
      ended.abort();
      end(running);
    };
  }

  #open(): Promise<Visit | undefined> {
    this.#visit ??= load()
      .then(({ Visit }) => new Visit(this.#session))
      // The server cannot be reached.
      .catch(() => undefined);
    return this.#visit;
  }
}
