import { createFileRoute, Link, notFound } from "@tanstack/react-router";
import { ForgotPasswordForm } from "~/components/account/forgot-password-form";
import { Page } from "~/components/layout/page";
import { Card } from "~/components/ui/card";
import { getSignInSetting } from "~/lib/session/sign-in-setting";

export const Route = createFileRoute("/forgot-password")({
  // Without mail nobody can be sent a link.
  loader: async () => {
    if (!(await getSignInSetting()).mail) throw notFound();
  },
  head: () => ({ meta: [{ title: "Forgotten password · Tracer" }] }),
  component: ForgotPasswordPage,
});

function ForgotPasswordPage() {
  return (
    <Page maxWidth="max-w-md">
      <h1 className="text-3xl sm:text-4xl">Forgot your password?</h1>
      <p className="mt-2 text-muted-foreground">Enter your address. We send you a link for a new password.</p>
      <Card className="mt-8">
        <noscript>
          <p className="mb-5 text-sm font-medium text-danger">
            This form needs JavaScript. Turn on JavaScript in your browser to continue.
          </p>
        </noscript>
        <ForgotPasswordForm />
      </Card>
      <p className="mt-6 text-sm">
        <Link to="/sign-in" className="underline underline-offset-4">
          Back to signing in
        </Link>
      </p>
    </Page>
  );
}
