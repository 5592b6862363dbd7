import { createFileRoute, Outlet, redirect } from "@tanstack/react-router";
import { SignOutButton } from "~/components/auth/sign-out-button";
import { InspectorDoor } from "~/components/inspector/inspector-door";
import { LeaveGuard } from "~/components/layout/leave-guard";
import { Page } from "~/components/layout/page";
import { RefusedEdits } from "~/components/sync/refused-edits";
import { SessionWatch } from "~/components/sync/session-watch";
import { SyncBadge } from "~/components/sync/sync-badge";
import { SyncNotice } from "~/components/sync/sync-notice";
import { LocalTimes } from "~/components/ui/local-times";
import { paintAfterTimes } from "~/components/ui/paint-after-times";
import { getSession } from "~/lib/session/session";
import { uncacheable } from "~/lib/wire/caching";

/** Guards the pages of signed-in people. The guard asks for the session before a page renders, on the server too. */
export const Route = createFileRoute("/_authed")({
  beforeLoad: async ({ location }) => {
    const session = await getSession();
    if (!session) throw redirect({ to: "/sign-in", search: { redirect: location.href } });
    return session;
  },
  head: () => ({ links: [paintAfterTimes] }),
  // These pages hold a person's data. After signing out, the browser's back button must not show a stored copy.
  headers: () => ({ "cache-control": uncacheable }),
  component: AuthedLayout,
});

function AuthedLayout() {
  return (
    <>
      <Page
        maxWidth="max-w-2xl"
        actions={
          <>
            <SyncBadge />
            <SignOutButton />
          </>
        }
      >
        <SessionWatch />
        <LeaveGuard />
        <SyncNotice />
        <RefusedEdits />
        <Outlet />
        <InspectorDoor />
      </Page>
      <LocalTimes />
    </>
  );
}
