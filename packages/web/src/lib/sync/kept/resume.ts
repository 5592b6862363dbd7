import type { FirstRows, Sync, SyncParameters } from "~/lib/sync/first-rows";
import { isPlace, placeKey } from "~/lib/sync/kept/place";
import type { Kept } from "~/lib/sync/kept/row-store";
import { end, type Running } from "~/lib/sync/kept/running";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** A shape whose sync begins. */
export interface Beginning {
  readonly name: string;
  readonly sync: Sync<SyncedRow>;
  readonly parameters: SyncParameters<SyncedRow>;
  readonly firstRows: FirstRows<SyncedRow>;
  /** Called when the page shows kept rows, with the moment of the rows in milliseconds since 1970. */
  readonly onShow: (asOf: number) => void;
}

/**
 * Shows kept rows, unless the page came with rows, and begins the sync of the shape: at the place of the kept rows where
 * that is possible.
 *
 * @param mayResume false when the whole shape has to be loaded, whatever is kept
 */
export function beginWith(kept: Kept, shape: Beginning, mayResume: boolean): Running {
  const { sync, parameters, firstRows, onShow } = shape;
  // Rows that came with the page are newer, as a rule.
  if (!firstRows.given) {
    onShow(kept.place.updatedAt);
    firstRows.take(kept.rows);
  }
  return mayResume && firstRows.holds(kept.rows) ? resume(kept, shape) : sync.sync(parameters);
}

/**
 * Begins the sync of a shape at the place of the kept rows, so that the server sends only what has changed since. The
 * collection must show a row for each kept row.
 *
 * The kept rows and the catch-up together are what the server holds. What the page shows meanwhile may differ, because rows
 * that came with the page are newer than the kept ones, or even older. So the kept rows are written in the transaction of
 * the catch-up, before its changes.
 */
function resume(kept: Kept, { sync, parameters, firstRows }: Beginning): Running {
  const { begin, write, commit, markError, metadata, collection } = parameters;
  let base = kept.rows;
  let running: Running;

  function writeBase(): void {
    const rows = base;
    base = [];
    for (const value of rows) write({ type: "update", value });
  }

  /** Electric's collection has given the place up, and loads the whole shape. Then the kept rows are first rows only. */
  const isGivenUp = () => !isPlace(metadata?.collection.get(placeKey));

  const run = () =>
    sync.sync({
      ...parameters,
      write: (message) => {
        writeBase();
        write(message);
      },
      commit: (signal) => {
        if (isGivenUp()) base = [];
        writeBase();
        return commit(signal);
      },
      // The collection ends with an error when a change does not fit the kept rows: they must have been damaged.
      markError: (error) => {
        if (!isGivenUp()) return markError(error);
        end(running);
        firstRows.doubt(collection._state.syncedData.values());
        running = run();
      },
    });

  begin({ immediate: true });
  metadata?.collection.set(placeKey, kept.place);
  commit();
  running = run();
  return () => end(running);
}
