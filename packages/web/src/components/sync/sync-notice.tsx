import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { useSyncState } from "./sync-state";

/** Says what it means that the sync stands still, and offers to try again. Nothing while all is well. */
export function SyncNotice() {
  const { state, message, retry } = useSyncState();
  return (
    // Always in the page, also while it is empty, so that what appears inside it is read out.
    <div aria-live="polite" className="not-empty:mb-6">
      {state === "offline" ? (
        <Alert tone="write">
          <span className="flex-1 basis-56">
            {message ??
              "You are offline. You see what arrived last; it catches up by itself when you are back."}
          </span>
        </Alert>
      ) : null}
      {state === "error" ? (
        <Alert>
          <span className="flex-1 basis-56">
            {message ?? "The live connection is interrupted. You see what arrived last."}
          </span>
          <Button size="small" variant="outline" onClick={retry}>
            Try again
          </Button>
        </Alert>
      ) : null}
    </div>
  );
}
