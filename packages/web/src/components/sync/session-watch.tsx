import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { endCollections } from "~/lib/collections";
import { onSessionEnd } from "~/lib/session/session-end";
import { useSyncState } from "./sync-state";

/**
 * Leaves the page when the session ends. The router runs the guard of `/_authed` again. The guard leads to the sign-in
 * page, or shows the profile of the person who has signed in from another tab.
 */
export function SessionWatch() {
  const router = useRouter();
  const { retry } = useSyncState();
  useEffect(
    () =>
      onSessionEnd(async () => {
        await router.invalidate();
        const signedIn = router.state.matches.some((match) => match.routeId === "/_authed");
        if (signedIn) retry();
        else await endCollections();
      }),
    [router, retry],
  );
  return null;
}
