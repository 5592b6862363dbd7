import { hasDetails } from "~/lib/sync/sync-report";
import { StateBadge } from "./state-badge";
import { SyncDetails } from "./sync-details";
import { useSyncState } from "./sync-state";

/**
 * Says in one word whether the page shows what the database holds: as the worst of the shapes does. A button beside the
 * word lists the shapes, when there is more to say.
 */
export function SyncBadge() {
  const report = useSyncState();
  return (
    <div className="flex items-center">
      <StateBadge
        role="status"
        aria-label={`Sync: ${report.state}`}
        data-state={report.state}
        state={report.state}
      />
      {hasDetails(report) ? <SyncDetails shapes={report.shapes} /> : null}
    </div>
  );
}
