import { ClientOnly, createFileRoute } from "@tanstack/react-router";
import { LiveProfile } from "~/components/profile/live-profile";
import { ProfileSkeleton } from "~/components/profile/profile-skeleton";
import { TrySync } from "~/components/profile/try-sync";

export const Route = createFileRoute("/_authed/profile")({
  head: () => ({ meta: [{ title: "Your profile · Tracer" }] }),
  component: ProfilePage,
});

function ProfilePage() {
  const { user } = Route.useRouteContext();
  return (
    <>
      <ClientOnly fallback={<ProfileSkeleton />}>
        {/* The key gives each person a new component, so that no state of the last person remains. */}
        <LiveProfile key={user.id} userId={user.id} />
      </ClientOnly>
      <TrySync userId={user.id} />
    </>
  );
}
