import { noticeOf } from "~/lib/sync/sync-report";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { useSyncState } from "./sync-state";

/** Says why the sync has stopped, and offers to try again unless the person is offline. Empty while the sync works. */
export function SyncNotice() {
  const { retry, ...report } = useSyncState();
  const { state } = report;
  const notice = noticeOf(report);
  return (
    // The live region is always in the page, so that a screen reader reads out a notice that appears in the region.
    <div aria-live="polite" className="not-empty:mb-6">
      {notice ? (
        <Alert tone={state === "error" ? "danger" : "write"}>
          <span className="flex-1 basis-56">{notice}</span>
          {state === "error" ? (
            <Button size="small" variant="outline" onClick={retry}>
              Try again
            </Button>
          ) : null}
        </Alert>
      ) : null}
    </div>
  );
}
