import { useLiveQuery } from "@tanstack/react-db";
import { collectionsFor } from "~/lib/collections";
import { useOutbox } from "~/lib/sync/outbox/use-outbox";
import type { FirstPaint } from "~/lib/sync/per-user";
import { useSyncState } from "../sync/sync-state";
import { Card } from "../ui/card";
import { ProfileCard } from "./profile-card";
import { ProfileSkeleton } from "./profile-skeleton";

interface LiveProfileProps {
  userId: string;
  /** The row that came with the page. */
  firstPaint: FirstPaint | undefined;
}

/** Shows the signed-in person's row: as it came with the page at first, and then live. */
export function LiveProfile({ userId, firstPaint }: LiveProfileProps) {
  const { users, outbox } = collectionsFor(userId, firstPaint);
  const { data, isReady } = useLiveQuery((q) => q.from({ user: users }));
  const sync = useSyncState();
  const { waiting } = useOutbox();
  const user = data?.find((row) => row.id === userId);

  if (user) {
    const edits = waiting.filter(({ changes }) =>
      changes.some(({ collection, key }) => collection === "users" && key === userId),
    );
    return (
      <ProfileCard
        user={user}
        status={edits.at(-1)?.status}
        save={(changed, until) => {
          const transaction = users.update(user.id, (draft) => {
            Object.assign(draft, changed);
          });
          return outbox.outcomeOf(transaction, { until });
        }}
      />
    );
  }
  if (!isReady && sync.state !== "error" && sync.state !== "offline") return <ProfileSkeleton />;
  return (
    <Card>
      <h1 className="text-2xl sm:text-3xl">Your profile has not arrived yet.</h1>
      <p className="mt-3 text-muted-foreground">
        This page shows your profile as soon as the server sends it.
      </p>
    </Card>
  );
}
