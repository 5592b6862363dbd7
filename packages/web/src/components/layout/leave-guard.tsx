import { useBlocker } from "@tanstack/react-router";
import { hasUnsaved } from "~/lib/session/unsaved";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

/** Asks before the person leaves a page on which something is not saved. For a closed tab the browser asks. */
export function LeaveGuard() {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => hasUnsaved() && current.pathname !== next.pathname,
    enableBeforeUnload: hasUnsaved,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Dialog title="Leave without saving?" onEscape={reset}>
      <p className="mt-3 text-muted-foreground">What you typed on this page is not saved.</p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button onClick={reset}>Stay</Button>
        <Button variant="outline" onClick={proceed}>
          Leave
        </Button>
      </div>
    </Dialog>
  );
}
