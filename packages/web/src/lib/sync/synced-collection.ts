import { snakeCamelMapper } from "@electric-sql/client";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { BasicIndex, type Collection, createCollection, type UtilsRecord } from "@tanstack/react-db";
import { columnParsers, showUnreadable } from "~/lib/sync/column-parsers";
import type { Outbox } from "~/lib/sync/outbox/outbox";
import type { AnyCollection, Mutation } from "~/lib/sync/outbox/writers";
import type { SyncMonitor } from "~/lib/sync/sync-monitor";
import { userHeader } from "~/lib/wire/user-header";

/** How long after its last reader has gone a collection goes on, in milliseconds: pages come and go. */
const restAfter = 5 * 60_000;

const inBrowser = typeof window !== "undefined";

/** A row of a synced table: its key and its columns in camelCase. */
export type SyncedRow = { id: string } & Record<string, unknown>;

/** A table's router in the tRPC client, as far as the table has these mutations. They take what the rows hold. */
export interface Api<T extends SyncedRow> {
  insert?: Mutation<T>;
  update?: Mutation<Partial<T> & { id: string }>;
  delete?: Mutation<{ id: string }>;
}

export interface Options {
  /** Begin to sync when the collection is made, rather than when it is first used. Only in the browser. */
  startSync?: boolean;
  /** `on-demand` loads only what live queries ask for; the route must allow it too. Default: the whole shape. */
  sync?: "eager" | "on-demand";
}

/** A live set of rows by `id`, as `useLiveQuery` takes it. */
export type SyncedCollection<T extends SyncedRow> = Collection<T, string, UtilsRecord, never, T>;

/** Whose collection it is, who watches its requests, and who sends what is changed. */
export interface Session {
  userId: string;
  monitor: SyncMonitor;
  outbox: Outbox;
}

/** The collection behind `synced`. */
export function syncedCollection<T extends SyncedRow>(
  { userId, monitor, outbox }: Session,
  name: string,
  api: Api<T>,
  { sync = "eager", startSync = false }: Options = {},
): SyncedCollection<T> {
  const watch = monitor.watch(name);
  const collection = createCollection(
    electricCollectionOptions<SyncedRow>({
      id: `${name}:${userId}`,
      getKey: (row) => row.id,
      startSync: startSync && inBrowser,
      syncMode: sync,
      // Joins look rows up by what they compare. And a query for the first rows in some order can be answered in parts
      // only where there is an index on that order: without one all rows would be loaded.
      autoIndex: "eager",
      defaultIndexType: BasicIndex,
      // What is started at once goes on for ever; what is not rests some time after its last reader has gone.
      gcTime: startSync ? 0 : restAfter,
      shapeOptions: {
        // The server makes collections too, to render with, but they never ask for anything.
        url: new URL(`/api/${name}`, globalThis.location?.origin ?? "http://server.invalid").href,
        headers: { [userHeader]: userId },
        // The route asks Electric for whole rows (it takes no word from here for that); this tells the collection.
        ...(sync === "on-demand" && { params: { replica: "full" as const } }),
        parser: columnParsers,
        columnMapper: snakeCamelMapper(),
        transformer: showUnreadable((row, column, text) => watch.unreadable(String(row.id), column, text)),
        signal: monitor.signal,
        fetchClient: watch.fetch,
        onError: watch.onError,
      },
      onInsert: outbox.send,
      onUpdate: outbox.send,
      onDelete: outbox.send,
    }),
  );
  collection.on("status:cleaned-up", () => watch.rest());
  outbox.writers.register(name, api, collection as unknown as AnyCollection);
  // The row's type is settled here, once: that what arrives is a T, the contract suite checks against its Zod schema.
  return collection as unknown as SyncedCollection<T>;
}
