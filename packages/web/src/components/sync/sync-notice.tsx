import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { useSyncState } from "./sync-state";

/** Says why the sync has stopped, and offers to try again unless the person is offline. Empty while the sync works. */
export function SyncNotice() {
  const { state, message, retry } = useSyncState();
  return (
    // The live region is always in the page, so that a screen reader reads out a notice that appears in the region.
    <div aria-live="polite" className="not-empty:mb-6">
      {message ? (
        <Alert tone={state === "offline" ? "write" : "danger"}>
          <span className="flex-1 basis-56">{message}</span>
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
