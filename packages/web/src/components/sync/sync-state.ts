import { useRouteContext } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { collectionsFor } from "~/lib/collections";
import type { SyncReport } from "~/lib/sync/sync-report";

export type { SyncReport, SyncState } from "~/lib/sync/sync-report";

const onServer: SyncReport = { state: "connecting", shapes: [] };

/** How the sync of the signed-in user's collections is doing, live, and a way to try again now. */
export function useSyncState(): SyncReport & { retry: () => void } {
  const { user } = useRouteContext({ from: "/_authed" });
  const { monitor } = collectionsFor(user.id);
  const report = useSyncExternalStore(monitor.subscribe, monitor.report, () => onServer);
  return { ...report, retry: monitor.retry };
}
