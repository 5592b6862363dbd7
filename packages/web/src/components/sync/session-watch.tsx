import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { endCollections } from "~/lib/collections";
import { onSessionEnd } from "~/lib/session/session-end";
import { useSyncState } from "~/lib/sync/sync-state";

/**
 * Leaves the page when its session is over. The route's guard is asked again: it leads to the sign-in page, or shows
 * the profile of whoever signed in meanwhile in another tab.
 */
export function SessionWatch() {
  const router = useRouter();
  const { retry } = useSyncState();
  useEffect(
    () =>
      onSessionEnd(async () => {
        await router.invalidate();
        const someoneIsIn = router.state.matches.some((match) => match.routeId === "/_authed");
        if (someoneIsIn) retry();
        else await endCollections();
      }),
    [router, retry],
  );
  return null;
}
