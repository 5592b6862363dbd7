import { useRouteContext } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { collectionsFor } from "~/lib/collections";
import type { SyncReport } from "~/lib/sync/sync-report";

export type { SyncReport, SyncState } from "~/lib/sync/sync-report";

const onServer: SyncReport = { state: "connecting", shapes: [] };

/** Returns the live state of the sync of the signed-in user, and `retry`, which asks the server again at once. */
export function useSyncState(): SyncReport & { retry: () => void } {
  const { user } = useRouteContext({ from: "/_authed" });
  const { monitor } = collectionsFor(user.id);
  const report = useSyncExternalStore(monitor.subscribe, monitor.report, () => onServer);
  return { ...report, retry: monitor.retry };
}
