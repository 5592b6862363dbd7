import { createFileRoute } from "@tanstack/react-router";
import { BothWays } from "~/components/landing/both-ways";
import { Hero } from "~/components/landing/hero";
import { NextTable } from "~/components/landing/next-table";
import { TryIt } from "~/components/landing/try-it";
import { Page } from "~/components/layout/page";
import { PublicLinks } from "~/components/layout/public-links";
import { getSession } from "~/lib/session/session";

export const Route = createFileRoute("/")({
  // The landing page stays readable when the database is down: the page then treats everybody as a visitor.
  loader: async () => ({ signedIn: (await getSession().catch(() => undefined)) !== undefined }),
  head: () => ({ meta: [{ title: "Tracer · a Postgres row, live in your browser" }] }),
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
