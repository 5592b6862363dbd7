import type { ComponentProps } from "react";
import { Badge } from "../ui/badge";
import { cn } from "../ui/class-names";
import { type SyncState, useSyncState } from "./sync-state";

const looks: Record<SyncState, { tone: ComponentProps<typeof Badge>["tone"]; word: string; dot: string }> = {
  connecting: { tone: "neutral", word: "Connecting", dot: "animate-pulse motion-reduce:animate-none" },
  live: { tone: "read", word: "Live", dot: "" },
  offline: { tone: "write", word: "Offline", dot: "bg-transparent ring-2 ring-current ring-inset" },
  error: { tone: "danger", word: "Error", dot: "rounded-none rotate-45" },
};

/** Says in one word whether the page shows what the database holds. */
export function SyncBadge() {
  const { state } = useSyncState();
  const { tone, word, dot } = looks[state];
  return (
    <Badge role="status" aria-label={`Sync: ${state}`} data-state={state} tone={tone}>
      <span aria-hidden="true" className={cn("size-2 rounded-full bg-current", dot)} />
      {word}
    </Badge>
  );
}
