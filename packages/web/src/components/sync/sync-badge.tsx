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
 * Until the first shape has loaded, the badge says from when the rows are that the page shows: those that came with the
 * page, or those of the last visit.
 */
export function SyncBadge() {
  const report = useSyncState();
  const cameAsOf = useMatches({
    select: (matches) => matches.map(({ loaderData }) => asOfIn(loaderData)).find(Boolean),
  });
  const asOf = report.asOf ?? cameAsOf;
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
            <Timestamp value={new Date(asOf)} style={isEarlierDay(report.asOf) ? "day" : "time"} />
          </span>
        ) : undefined}
      </StateBadge>
      {hasDetails(report) ? <SyncDetails shapes={report.shapes} /> : null}
    </div>
  );
}

function isEarlierDay(moment: number | undefined): boolean {
  return moment !== undefined && new Date(moment).toDateString() !== new Date().toDateString();
}

/** Returns when the rows in the data of a loader were read. Undefined when the data holds no rows. */
function asOfIn(loaderData: unknown): number | undefined {
  if (typeof loaderData !== "object" || loaderData === null || !("asOf" in loaderData)) return undefined;
  return typeof loaderData.asOf === "number" ? loaderData.asOf : undefined;
}
