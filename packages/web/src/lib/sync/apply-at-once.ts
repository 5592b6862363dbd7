import type { SyncConfig } from "@tanstack/react-db";

/**
 * Makes a collection apply synced changes at once, also while an edit waits for the server.
 *
 * TanStack DB holds synced changes back while any edit of the collection is on its way. An edit of the outbox may wait for
 * long, and the page would stand still meanwhile. A row that goes and comes back in the meantime would even end the sync
 * of the collection, because the row's insert is checked against rows that do not have the row's deletion yet. The edit
 * itself stays visible: TanStack DB shows an edit over the synced rows until the edit is confirmed.
 */
export function applyAtOnce<Row extends object>(
  sync: SyncConfig<Row, string | number>,
): SyncConfig<Row, string | number> {
  return {
    ...sync,
    sync: (parameters) =>
      sync.sync({
        ...parameters,
        begin: (options) => parameters.begin({ ...options, immediate: true }),
      }),
  };
}
