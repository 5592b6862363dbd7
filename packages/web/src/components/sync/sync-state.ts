import { useSyncExternalStore } from "react";
import { reloadPage } from "~/lib/load-later";
import type { SyncReport } from "~/lib/sync/sync-report";
import { useCollections, useSyncMissing } from "~/lib/sync/use-collections";

export type { SyncReport, SyncState } from "~/lib/sync/sync-report";

/** The state on the server, and in a browser before the code of the sync has come. */
const atFirst: SyncReport = { state: "connecting", shapes: [] };

/** The state of a page whose sync cannot start. */
const missing: SyncReport = {
  state: "error",
  message:
    "A part of this page could not be loaded. You can read the page, but not edit it, and it may be out of date.",
  shapes: [],
};

/** Returns the live state of the sync of the signed-in user, and `retry`, which asks the server again at once. */
export function useSyncState(): SyncReport & { retry: () => void } {
  const monitor = useCollections()?.monitor;
  const isMissing = useSyncMissing();
  const report = useSyncExternalStore(
    monitor?.subscribe ?? neverChanges,
    monitor?.report ?? readFirst,
    readFirst,
  );
  if (isMissing) return { ...missing, retry: reloadPage };
  return { ...report, retry: monitor?.retry ?? nothing };
}

const nothing = () => {};
const neverChanges = () => nothing;
const readFirst = () => atFirst;
