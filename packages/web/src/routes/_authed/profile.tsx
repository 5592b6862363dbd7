import { ClientOnly, createFileRoute } from "@tanstack/react-router";
import { LiveProfile } from "~/components/profile/live-profile";
import { ProfileSkeleton } from "~/components/profile/profile-skeleton";
import { WatchItTravel } from "~/components/profile/watch-it-travel";

export const Route = createFileRoute("/_authed/profile")({
  head: () => ({ meta: [{ title: "Your profile · Tracer" }] }),
  component: ProfilePage,
});

function ProfilePage() {
  const { user } = Route.useRouteContext();
  return (
    <>
      <ClientOnly fallback={<ProfileSkeleton />}>
        {/* Another person is another component: nothing of the last one's state lives on. */}
        <LiveProfile key={user.id} userId={user.id} />
      </ClientOnly>
      <WatchItTravel userId={user.id} />
    </>
  );
}
