import { createFileRoute } from "@tanstack/react-router";
import { BothWays } from "~/components/landing/both-ways";
import { Hero } from "~/components/landing/hero";
import { NextTable } from "~/components/landing/next-table";
import { TryIt } from "~/components/landing/try-it";
import { Page } from "~/components/layout/page";
import { PublicLinks } from "~/components/layout/public-links";
import { getSession } from "~/lib/session/session";

export const Route = createFileRoute("/")({
  // This page can be read whatever happens to the database: without an answer everybody is a visitor.
  loader: async () => ({ signedIn: (await getSession().catch(() => null)) !== null }),
  head: () => ({ meta: [{ title: "Tracer · one row, end to end" }] }),
  component: LandingPage,
});

function LandingPage() {
  const { signedIn } = Route.useLoaderData();
  return (
    <Page actions={<PublicLinks signedIn={signedIn} />}>
      <Hero signedIn={signedIn} />
      <TryIt />
      <BothWays />
      <NextTable />
    </Page>
  );
}
