import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { createCollection } from "@tanstack/react-db";
import { FirstRows } from "~/lib/sync/first-rows";
import { placeKey } from "~/lib/sync/kept/place";
import { type Beginning, beginWith } from "~/lib/sync/kept/resume";
import { type Note, type Shape, sorted } from "./shape";

const url = "http://server.test/api/notes";

interface Opened {
  /** The rows that the browser has kept. */
  kept: readonly Note[];
  /** How many changes the shape's log had when the rows were kept. */
  at: number;
  /** The rows that came with the page, if any did. */
  came?: readonly Note[] | undefined;
  /** Whether these rows are given only after the kept ones are shown. */
  late?: boolean;
  mayResume?: boolean;
}

/** Opens a page of the official collection that begins with kept rows. Stops when disposed. */
export function openPage(shape: Shape, { kept, at, came, late = false, mayResume = true }: Opened) {
  const firstRows = new FirstRows<Note>();
  const options = electricCollectionOptions<Note>({
    getKey: ({ id }) => id,
    shapeOptions: { url, fetchClient: shape.fetch },
  });
  const { promise: caughtUp, resolve } = Promise.withResolvers<void>();
  const sync: typeof options.sync = {
    ...options.sync,
    sync: (parameters) => {
      const markReady = () => {
        parameters.markReady();
        resolve();
      };
      return options.sync.sync({ ...parameters, markReady });
    },
  };
  const place = {
    kind: "resume",
    handle: shape.handle,
    offset: `${at}_0`,
    updatedAt: 1,
    shapeId: JSON.stringify({ params: null, url }),
    requiresTagState: false,
  } as const;
  const begin: typeof sync.sync = (parameters) => {
    const beginning = { name: "notes", sync, parameters, firstRows, onShow: () => {} };
    // The rows of the app's collections may have any columns.
    return beginWith({ place, rows: kept }, beginning as unknown as Beginning, mayResume);
  };
  const collection = createCollection({ ...options, sync: firstRows.before({ ...sync, sync: begin }) });
  const rows = () => sorted(collection.toArray);
  /** Everything that the page has shown, one after the other. */
  const shown: Note[][] = [];
  if (came && !late) firstRows.take(came);
  collection.startSyncImmediate();
  if (came && late) firstRows.take(came);
  shown.push(rows());
  const subscription = collection.subscribeChanges(() => shown.push(rows()));
  return {
    shown,
    rows,
    /** Resolves when the shape is up to date for the first time. */
    caughtUp,
    /** The place that the collection has noted beside its rows. */
    place: () => collection._state.syncedCollectionMetadata.get(placeKey),
    [Symbol.asyncDispose]: async () => {
      subscription.unsubscribe();
      await collection.cleanup();
    },
  };
}
