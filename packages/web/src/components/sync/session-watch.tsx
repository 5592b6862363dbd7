import { useRouteContext, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { loadLater } from "~/lib/load-later";
import { getSession } from "~/lib/session/session";
import { announceSession } from "~/lib/session/session-begin";
import { onSessionEnd, type SessionEnd } from "~/lib/session/session-end";
import { forgetUnsaved, hasUnsaved } from "~/lib/session/unsaved";
import { endLoadedCollections, loadCollections } from "~/lib/sync/use-collections";
import { useIdleLoad } from "../ui/use-idle-load";
import type { SignInAgain } from "./sign-in-again";
import { useSyncState } from "./sync-state";

const loadDialog = loadLater(() => import("./sign-in-again"));

/**
 * Leaves the page when the session ends: for the sign-in page, for the landing page when the account was deleted, or for
 * the profile of the person who has signed in from another tab. A page that holds unsaved text stays and asks the person to sign in again, unless the person has signed out.
 */
export function SessionWatch() {
  const router = useRouter();
  const { user } = useRouteContext({ from: "/_authed" });
  const { retry } = useSyncState();
  // After the deletion of an account the server refuses the session too. That refusal must not lead to the sign-in page.
  const deleted = useRef(false);
  const [asking, setAsking] = useState<{ Dialog: typeof SignInAgain }>();
  useIdleLoad(loadDialog);
  useEffect(announceSession, []);

  /** Goes on when somebody is signed in: as before, or with nothing left of the person whose page this was. */
  const goOn = useCallback(async (): Promise<boolean> => {
    const session = await getSession().catch(() => undefined);
    if (!session) return false;
    if (session.user.id !== user.id) forgetUnsaved();
    await router.invalidate();
    setAsking(undefined);
    retry();
    if (session.user.id === user.id) {
      const loaded = await loadCollections(user.id).catch(() => undefined);
      loaded?.collectionsFor(user.id).outbox.retry();
    }
    return true;
  }, [router, user.id, retry]);

  const leave = useCallback(
    async (reason: SessionEnd) => {
      const options = { replace: true, ignoreBlocker: true } as const;
      if (reason === "account-deleted" || deleted.current) await router.navigate({ to: "/", ...options });
      else {
        const search = { redirect: router.state.location.href, reason };
        await router.navigate({ to: "/sign-in", search, ...options });
      }
      // The router keeps what came with a page, the person's rows too.
      router.clearCache();
      await endLoadedCollections();
    },
    [router],
  );

  useEffect(
    () =>
      onSessionEnd(async (end) => {
        deleted.current ||= end === "account-deleted";
        if (await goOn()) return;
        if (end !== "refused" || !hasUnsaved()) return await leave(end);
        // When the dialog cannot be loaded, the page stays with its text, and the notice says that the session has ended.
        const loaded = await loadDialog().catch(() => undefined);
        if (loaded) setAsking({ Dialog: loaded.SignInAgain });
      }),
    [goOn, leave],
  );

  if (!asking) return null;
  return <asking.Dialog userId={user.id} goOn={goOn} leave={() => leave("refused")} />;
}
