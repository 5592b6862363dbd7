import { useRouteContext } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { collectionsFor } from "~/lib/collections";
import type { Outbox } from "~/lib/sync/outbox/outbox";
import { emptyOutbox, type OutboxState } from "~/lib/sync/outbox/outbox-state";

/** Returns the outbox of the signed-in user with its live state: the waiting edits and the refused ones. */
export function useOutbox(): OutboxState & { outbox: Outbox } {
  const { user } = useRouteContext({ from: "/_authed" });
  const { outbox } = collectionsFor(user.id);
  const { subscribe, read } = outbox.state;
  return { ...useSyncExternalStore(subscribe, read, () => emptyOutbox), outbox };
}
