import { createFileRoute, Link, redirect, useNavigate } from "@tanstack/react-router";
import { returnPath } from "~/components/auth/return-path";
import { SecondStepForm } from "~/components/auth/second-step-form";
import { Page } from "~/components/layout/page";
import { Card } from "~/components/ui/card";
import { getSession } from "~/lib/session/session";

interface Search {
  /** The path that the person asked for before signing in. */
  redirect?: string | undefined;
}

export const Route = createFileRoute("/second-step")({
  validateSearch: (search): Search => ({ redirect: returnPath(search.redirect) }),
  beforeLoad: async ({ search }) => {
    if (await getSession()) throw redirect({ href: search.redirect ?? "/profile", replace: true });
  },
  head: () => ({ meta: [{ title: "Second step · Tracer" }] }),
  component: SecondStepPage,
});

function SecondStepPage() {
  const { redirect } = Route.useSearch();
  const navigate = useNavigate();
  const enter = () => navigate({ href: redirect ?? "/profile", replace: true });
  return (
    <Page maxWidth="max-w-md">
      <h1 className="text-3xl sm:text-4xl">One more step</h1>
      <p className="mt-2 text-muted-foreground">Your account asks for a code beside the password.</p>
      <Card className="mt-8">
        <noscript>
          <p className="mb-5 text-sm font-medium text-danger">
            This form needs JavaScript. Turn on JavaScript in your browser to continue.
          </p>
        </noscript>
        <SecondStepForm onDone={enter} />
      </Card>
      <p className="mt-6 text-sm">
        <Link to="/sign-in" search={{ redirect }} className="underline underline-offset-4">
          Start the sign-in again
        </Link>
      </p>
    </Page>
  );
}
