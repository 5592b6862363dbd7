import type { ComponentProps } from "react";
import type { SyncState } from "~/lib/sync/sync-report";
import { Badge } from "../ui/badge";
import { cn } from "../ui/class-names";

interface Look {
  tone: ComponentProps<typeof Badge>["tone"];
  word: string;
  dot: string;
}

/** Each state has a dot of another form, so that a person can tell the states apart without colours. */
const looks: Record<SyncState, Look> = {
  connecting: {
    tone: "neutral",
    word: "Connecting",
    dot: "rounded-full bg-current animate-pulse motion-reduce:animate-none",
  },
  live: { tone: "read", word: "Live", dot: "rounded-full bg-current" },
  offline: { tone: "write", word: "Offline", dot: "rounded-full ring-2 ring-current ring-inset" },
  error: { tone: "danger", word: "Error", dot: "rotate-45 bg-current" },
};

/** A state of the sync as a dot and a word, or with the children in place of the word. */
export function StateBadge({ state, children, ...props }: { state: SyncState } & ComponentProps<"span">) {
  const { tone, word, dot } = looks[state];
  return (
    <Badge tone={tone} {...props}>
      <span aria-hidden="true" className={cn("size-2", dot)} />
      {children ?? word}
    </Badge>
  );
}
