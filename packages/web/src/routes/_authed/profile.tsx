import { createFileRoute, Link } from "@tanstack/react-router";
import { LiveProfileLater } from "~/components/profile/live-profile-later";
import { TrySync } from "~/components/profile/try-sync";
import { firstPaint } from "~/lib/first-paint";

export const Route = createFileRoute("/_authed/profile")({
  head: () => ({ meta: [{ title: "Your profile · Tracer" }] }),
  loader: firstPaint(["users"], LiveProfileLater),
  // Pages that need no rows of the first paint load no loader.
  codeSplitGroupings: [["component", "loader"]],
  component: ProfilePage,
});

function ProfilePage() {
  const { user } = Route.useRouteContext();
  return (
    <>
      {/* The key gives each person a new component, so that no state of the last person remains. */}
      <LiveProfileLater key={user.id} userId={user.id} firstPaint={Route.useLoaderData()} />
      <Link to="/account" className="mt-6 block underline underline-offset-4">
        Password, devices and your data
      </Link>
      <TrySync userId={user.id} />
    </>
  );
}
