import { useMatches } from "@tanstack/react-router";
import { hasDetails } from "~/lib/sync/sync-report";
import { Timestamp } from "../ui/timestamp";
import { StateBadge } from "./state-badge";
import { SyncDetails } from "./sync-details";
import { useSyncState } from "./sync-state";

/**
 * Says in one word whether the page shows what the database holds: as the worst of the shapes does. A button beside the
 * word lists the shapes, when there is more to say.
 *
 * Until the first shape has loaded, the badge of a page that came with its rows says from when they are.
 */
export function SyncBadge() {
  const report = useSyncState();
  const asOf = useMatches({
    select: (matches) => matches.map(({ loaderData }) => asOfIn(loaderData)).find(Boolean),
  });
  return (
    <div className="flex items-center">
      <StateBadge
        role="status"
        aria-label={`Sync: ${report.state}`}
        data-state={report.state}
        state={report.state}
      >
        {report.state === "connecting" && asOf !== undefined ? (
          <span>
            {/* On a phone the words would take the room of the name in the header. */}
            <span className="max-sm:sr-only">As of </span>
            <Timestamp value={new Date(asOf)} style="time" />
          </span>
        ) : undefined}
      </StateBadge>
      {hasDetails(report) ? <SyncDetails shapes={report.shapes} /> : null}
    </div>
  );
}

/** Returns when the rows in the data of a loader were read. Undefined when the data holds no rows. */
function asOfIn(loaderData: unknown): number | undefined {
  if (typeof loaderData !== "object" || loaderData === null || !("asOf" in loaderData)) return undefined;
  return typeof loaderData.asOf === "number" ? loaderData.asOf : undefined;
}
