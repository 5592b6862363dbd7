import type { Collection } from "@tanstack/react-db";
import { Outbox } from "~/lib/sync/outbox/outbox";
import { SyncMonitor } from "~/lib/sync/sync-monitor";
import {
  type Api,
  type Options,
  type SyncedCollection,
  type SyncedRow,
  syncedCollection,
} from "~/lib/sync/synced-collection";

/** Makes the collections of one user. */
interface Kit {
  /**
   * A collection that holds the shape served at `/api/<name>` and writes through `api`.
   *
   * An edit shows at once, is confirmed when its txid comes back through Electric, and is undone when the server
   * refuses it: `transaction.isPersisted.promise` then rejects with the reason.
   */
  synced: <T extends SyncedRow>(name: string, api: Api<T>, options?: Options) => SyncedCollection<T>;
}

/** What it takes to end a collection, whatever its rows are. */
type Ending = Pick<Collection, "subscriberCount" | "waitFor" | "cleanup">;

/**
 * How long a page that has been left may still read a collection, in milliseconds. In a tab that nobody looks at, a live
 * query is let go of only after a second.
 */
const letGoTimeout = 3_000;

const inBrowser = typeof window !== "undefined";

/**
 * Gives each user collections of their own, and one place where all of them end.
 *
 * On the server nothing is kept between calls, since the server's memory is shared by all users.
 */
export function perUser<Collections extends Record<string, Ending>>(make: (kit: Kit) => Collections) {
  type Opened = Collections & { monitor: SyncMonitor; outbox: Outbox };
  let current: { userId: string; collections: Opened } | undefined;

  function open(userId: string) {
    const monitor = new SyncMonitor(userId);
    const outbox = new Outbox(userId);
    const session = { userId, monitor, outbox };
    const collections = make({ synced: (...args) => syncedCollection(session, ...args) });
    if (inBrowser) outbox.start();
    return { userId, collections: { ...collections, monitor, outbox } };
  }

  async function endCollections(): Promise<void> {
    const ended = current;
    current = undefined;
    if (!ended) return;
    const { monitor, outbox, ...collections } = ended.collections;
    outbox.end();
    monitor.end();
    await Promise.all(Object.values(collections).map(end));
    forgetShapes();
  }

  function collectionsFor(userId: string): Opened {
    if (!inBrowser) return open(userId).collections;
    if (current?.userId === userId) return current.collections;
    // Another user's, or those of this module as it was before an edit in development: Vite's `dispose` would reach
    // only the component that took the update, not the modules between.
    const page = window as Window & { endOpenCollections?: () => Promise<void> };
    void page.endOpenCollections?.();
    page.endOpenCollections = endCollections;
    current = open(userId);
    return current.collections;
  }

  return { collectionsFor, endCollections };
}

/** Stops a collection and drops its rows, once the page that read it has let go of it. */
async function end(collection: Ending): Promise<void> {
  // A live query outlives its page by a moment, and would complain of the loss of its source.
  if (collection.subscriberCount > 0) {
    await collection.waitFor("subscribers:change", letGoTimeout).catch(() => {});
  }
  await collection.cleanup();
}

/** Removes what the Electric client remembers of shapes between visits: no rows, but handles of the last user's. */
function forgetShapes(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("electric_")) localStorage.removeItem(key);
  }
}
