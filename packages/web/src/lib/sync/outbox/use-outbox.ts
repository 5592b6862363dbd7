import { useSyncExternalStore } from "react";
import { emptyOutbox, type OutboxState } from "~/lib/sync/outbox/outbox-state";
import { useCollections } from "~/lib/sync/use-collections";

/** Returns the waiting and the refused edits of the signed-in user, live. None until the code of the sync has come. */
export function useOutbox(): OutboxState {
  const state = useCollections()?.outbox.state;
  return useSyncExternalStore(state?.subscribe ?? neverChanges, state?.read ?? readEmpty, readEmpty);
}

const neverChanges = () => () => {};
const readEmpty = () => emptyOutbox;
