import type { Collection } from "@tanstack/react-db";
import { KeptRows } from "~/lib/sync/kept/kept-rows";
import { Outbox } from "~/lib/sync/outbox/outbox";
import { SyncMonitor } from "~/lib/sync/sync-monitor";
import {
  type Api,
  type Options,
  type SyncedCollection,
  syncedCollection,
} from "~/lib/sync/synced-collection";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** Makes the collections of one user. */
interface Kit {
  /**
   * Makes a collection that holds the shape served at `/api/<name>` and writes through `api`.
   *
   * An edit shows at once, and is confirmed when its txid comes back through Electric. When the server refuses the
   * edit, the edit is undone and `transaction.isPersisted.promise` rejects with the reason.
   */
  synced: <T extends SyncedRow>(name: string, api: Api<T>, options?: Options) => SyncedCollection<T>;
}

/** What `perUser` returns. */
interface Version<Opened> {
  /**
   * Returns the collections of a user.
   *
   * @param firstPaint the rows that came with the page. The collections show these rows until their shapes have loaded.
   *   Rows of another user, and rows that were shown before, are ignored
   */
  collectionsFor: (userId: string, firstPaint?: FirstPaint) => Opened;
  endCollections: () => Promise<void>;
}

/** The rows that came with a user's page, by the name of the collection. */
export interface FirstPaint {
  readonly userId: string;
  /** When the server read the rows, in milliseconds since 1970. */
  readonly asOf: number;
  readonly rows: Readonly<Record<string, readonly SyncedRow[]>>;
}

/** The parts of a collection that are needed to end the collection, for rows of any type. */
type Ending = Pick<Collection, "subscriberCount" | "waitFor" | "cleanup">;

/**
 * How long to wait until a page that the person has left stops reading a collection, in milliseconds. In a hidden tab a
 * live query ends only after a second.
 */
const letGoTimeout = 3_000;

const inBrowser = typeof window !== "undefined";

/**
 * Makes separate collections for each user, and ends all of them in one place.
 *
 * On the server nothing is kept between calls, because all users share the memory of the server.
 */
export function perUser<Collections extends Record<string, Ending>>(make: (kit: Kit) => Collections) {
  type Opened = Collections & { monitor: SyncMonitor; outbox: Outbox };
  let current: ReturnType<typeof open> | undefined;
  /** What was shown already. The router keeps what came with a page, also for the next time when the page opens. */
  const shown = new WeakSet<FirstPaint>();

  function open(userId: string) {
    const monitor = new SyncMonitor(userId);
    const outbox = new Outbox(userId);
    const keptRows = new KeptRows({ userId, signal: monitor.signal, mayLackTxid: outbox.mayLackTxid });
    const session = { userId, monitor, outbox, keptRows };
    const begin = new Map<string, (rows: readonly SyncedRow[]) => void>();
    const made = make({
      synced: (name, ...options) => {
        const { collection, beginWith } = syncedCollection(session, name, ...options);
        begin.set(name, beginWith);
        return collection;
      },
    });
    if (inBrowser) {
      outbox.start();
      whenBack(monitor, outbox.retry);
    }
    const collections: Opened = { ...made, monitor, outbox };
    return { userId, collections, begin, keptRows };
  }

  /** Gives the rows of a page to the collections. */
  function show(firstPaint: FirstPaint, { userId, begin }: ReturnType<typeof open>): void {
    if (firstPaint.userId !== userId || shown.has(firstPaint)) return;
    if (inBrowser) shown.add(firstPaint);
    for (const [name, rows] of Object.entries(firstPaint.rows)) begin.get(name)?.(rows);
  }

  async function endCollections(): Promise<void> {
    const ended = current;
    current = undefined;
    if (!ended) return;
    const { monitor, outbox, ...collections } = ended.collections;
    outbox.end();
    monitor.end();
    await Promise.all([ended.keptRows.wipe(), ...Object.values(collections).map(end)]);
    forgetShapes();
  }

  function opened(userId: string): ReturnType<typeof open> {
    if (!inBrowser) return open(userId);
    if (current?.userId === userId) return current;
    void endCollections();
    current = open(userId);
    return current;
  }

  function collectionsFor(userId: string, firstPaint?: FirstPaint): Opened {
    const ofUser = opened(userId);
    if (firstPaint) show(firstPaint, ofUser);
    return ofUser.collections;
  }

  return newestVersion({ collectionsFor, endCollections });
}

/**
 * Returns functions that always call the newest version of `functions` on the page, and ends the version before.
 *
 * In development Vite loads the module of the collections anew after an edit, while components that Vite has not loaded
 * anew yet still call the older version. Two versions must not open collections side by side. Vite's `dispose` would
 * reach only the component that took the update, and not the modules in between.
 */
function newestVersion<Opened>(functions: Version<Opened>): Version<Opened> {
  if (!inBrowser) return functions;
  const page = window as Window & { collectionsVersion?: Version<Opened> };
  void page.collectionsVersion?.endCollections();
  page.collectionsVersion = functions;
  const newest = () => page.collectionsVersion ?? functions;
  return {
    collectionsFor: (...args) => newest().collectionsFor(...args),
    endCollections: () => newest().endCollections(),
  };
}

/** Calls back each time that the sync has come back: whatever else waits for the server need not wait any longer. */
function whenBack(monitor: SyncMonitor, callback: () => void): void {
  let { state } = monitor.report();
  monitor.subscribe(() => {
    const before = state;
    state = monitor.report().state;
    if (state === "live" && before !== "live") callback();
  });
}

/** Stops a collection and drops its rows, once no page reads the collection any more. */
async function end(collection: Ending): Promise<void> {
  // A live query outlives its page by a moment, and reports an error when its source ends earlier.
  if (collection.subscriberCount > 0) {
    await collection.waitFor("subscribers:change", letGoTimeout).catch(() => {});
  }
  await collection.cleanup();
}

/** Deletes what the Electric client stores between visits: no rows, but handles of shapes of the last user. */
function forgetShapes(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("electric_")) localStorage.removeItem(key);
  }
}
