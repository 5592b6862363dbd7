import { useSyncState } from "~/lib/sync-state";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";

/** Says what it means that the sync stands still, and offers to try again. Nothing while all is well. */
export function SyncNotice() {
  const { state, message, retry } = useSyncState();
  return (
    <div aria-live="polite" className="mb-6 empty:hidden">
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
