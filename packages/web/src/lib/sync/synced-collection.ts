import { snakeCamelMapper } from "@electric-sql/client";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import {
  BasicIndex,
  type Collection,
  createCollection,
  safeRandomUUID,
  type UtilsRecord,
} from "@tanstack/react-db";
import { applyAtOnce } from "~/lib/sync/apply-at-once";
import { columnParsers, showUnreadable } from "~/lib/sync/column-parsers";
import { FirstRows } from "~/lib/sync/first-rows";
import type { KeptRows } from "~/lib/sync/kept/kept-rows";
import type { Outbox } from "~/lib/sync/outbox/outbox";
import type { AnyCollection, Mutation } from "~/lib/sync/outbox/writers";
import type { SyncMonitor } from "~/lib/sync/sync-monitor";
import type { SyncedRow } from "~/lib/sync/synced-row";
import { warnOfWholeTable } from "~/lib/sync/whole-table";
import { userHeader } from "~/lib/wire/user-header";

/** How long a collection syncs after its last reader has gone, in milliseconds, because the person may come back. */
const restAfter = 5 * 60_000;

const inBrowser = typeof window !== "undefined";

/** The router of a table in the client. A table may lack some of these mutations. The inputs are fields of rows. */
export interface Api<T extends SyncedRow> {
  insert?: Mutation<T>;
  update?: Mutation<Partial<T> & { id: string }>;
  delete?: Mutation<{ id: string }>;
}

export interface Options {
  /** Start to sync when the collection is made, and not when it is first used. Only in the browser. */
  startSync?: boolean;
  /** `on-demand` loads only the rows of live queries. The route must allow this too. Default: the whole shape. */
  sync?: "eager" | "on-demand";
}

/** A live set of rows by `id`, as `useLiveQuery` takes it. */
export type SyncedCollection<T extends SyncedRow> = Collection<T, string, UtilsRecord, never, T>;

/**
 * The user of a collection, the monitor that watches its requests, the outbox that sends its edits, and the rows of the
 * last visit.
 */
export interface Session {
  userId: string;
  monitor: SyncMonitor;
  outbox: Outbox;
  keptRows: KeptRows;
}

/** A collection, and the function that gives it the rows that came with the page. */
export interface Opened<T extends SyncedRow> {
  collection: SyncedCollection<T>;
  beginWith: (rows: readonly SyncedRow[]) => void;
}

/**
 * Makes the collection for `synced`. On the server the collection never sends a request: it shows the rows that are
 * given with `beginWith`.
 */
export function syncedCollection<T extends SyncedRow>(
  { userId, monitor, outbox, keptRows }: Session,
  name: string,
  api: Api<T>,
  { sync: syncMode = "eager", startSync = false }: Options = {},
): Opened<T> {
  const watch = monitor.watch(name);
  const options = electricCollectionOptions<SyncedRow>({
    // Each collection has an id of its own, because a live query keeps to its collection until the id changes. In
    // development Vite loads the collections anew after an edit, and the page must leave the ended collection.
    id: `${name}:${safeRandomUUID()}`,
    getKey: (row) => row.id,
    startSync: startSync && inBrowser,
    syncMode,
    // Joins look up rows by the compared column. And a query for the first rows in some order loads only these rows
    // when there is an index on that order. Without an index the query would load all rows.
    autoIndex: "eager",
    defaultIndexType: BasicIndex,
    // A collection that starts at once never stops. Any other stops some time after its last reader has gone.
    gcTime: startSync ? 0 : restAfter,
    shapeOptions: {
      // The server makes collections too, for rendering, and has no location.
      url: new URL(`/api/${name}`, globalThis.location?.origin ?? "http://server.invalid").href,
      headers: { [userHeader]: userId },
      // For the collection only. The route itself asks Electric for whole rows, and ignores this parameter.
      ...(syncMode === "on-demand" && { params: { replica: "full" as const } }),
      parser: columnParsers,
      columnMapper: snakeCamelMapper(),
      transformer: showUnreadable((row, column, text) => watch.unreadable(String(row.id), column, text)),
      signal: monitor.signal,
      fetchClient: watch.fetch,
      onError: (error) => {
        keptRows.forget(name);
        return watch.onError(error);
      },
    },
    onInsert: outbox.send,
    onUpdate: outbox.send,
    onDelete: outbox.send,
  });
  const plain = options.sync;
  const watched = import.meta.env.DEV && syncMode === "on-demand" ? warnOfWholeTable(name, plain) : plain;
  const firstRows = new FirstRows<SyncedRow>();
  const atOnce = applyAtOnce(watched);
  // Of a shape that is synced on demand, nobody knows which rows are there.
  const loading =
    syncMode === "eager"
      ? keptRows.around({ name, sync: atOnce, firstRows, onShow: watch.showKept })
      : atOnce;
  const sync = firstRows.before(inBrowser ? loading : undefined);
  const collection = createCollection({ ...options, sync });
  collection.on("status:cleaned-up", () => watch.rest());
  outbox.writers.register(name, api, collection as unknown as AnyCollection);
  return {
    // The only cast of the row type. The contract suite checks that rows match the Zod schema of T.
    collection: collection as unknown as SyncedCollection<T>,
    beginWith: (rows) => firstRows.take(rows),
  };
}
