import { snakeCamelMapper } from "@electric-sql/client";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { BasicIndex, type Collection, createCollection, type UtilsRecord } from "@tanstack/react-db";
import { columnParsers, showUnreadable } from "~/lib/sync/column-parsers";
import { realChanges } from "~/lib/sync/real-changes";
import type { SyncMonitor } from "~/lib/sync/sync-monitor";
import { userHeader } from "~/lib/wire/user-header";

/** How long a confirmed write may take to come back through Electric, in milliseconds. */
const confirmTimeout = 20_000;

/** How long after its last reader has gone a collection goes on, in milliseconds: pages come and go. */
const restAfter = 5 * 60_000;

const inBrowser = typeof window !== "undefined";

/** A row of a synced table: its key and its columns in camelCase. */
export type SyncedRow = { id: string } & Record<string, unknown>;

/** One mutation of the tRPC client: answers the txid of the transaction that wrote the row. */
interface Mutation<Input> {
  // As a property: TypeScript would let a method take less than its input.
  mutate: (input: Input) => Promise<{ txid: number }>;
}

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

/** Whose collection it is, and who watches its requests. */
export interface Session {
  userId: string;
  monitor: SyncMonitor;
}

/** The collection behind `synced`. */
export function syncedCollection<T extends SyncedRow>(
  { userId, monitor }: Session,
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
      onInsert: ({ transaction }) => write(api.insert, transaction.mutations, ({ modified }) => modified),
      onUpdate: ({ transaction }) =>
        write(api.update, transaction.mutations, (edit) => ({ ...realChanges(edit), id: edit.key })),
      onDelete: ({ transaction }) => write(api.delete, transaction.mutations, ({ key }) => ({ id: key })),
    }),
  );
  collection.on("status:cleaned-up", () => watch.rest());
  // The row's type is settled here, once: that what arrives is a T, the contract suite checks against its Zod schema.
  return collection as unknown as SyncedCollection<T>;
}

/** Sends each changed row to the server, and says which transactions to wait for. */
async function write<M>(mutation: Mutation<never> | undefined, changed: M[], input: (mutation: M) => object) {
  if (!mutation) throw new Error("This table does not take such a change.");
  // What travels is the row as JSON holds it; the server makes the input of it again.
  const written = await Promise.all(changed.map((one) => mutation.mutate(toWire(input(one)) as never)));
  return { txid: written.map(({ txid }) => txid), timeout: confirmTimeout };
}

/** A row as JSON can hold it: without the collection's own `$` fields, and with bigints and `NaN` as text. */
function toWire(row: object): object {
  const own = Object.entries(row).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(own.map(([key, value]) => [key, asJson(value)]));
}

function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  // JSON would make null of these, silently. As text the server refuses them.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "bigint" ? String(value) : value;
}
