import { createFileRoute } from "@tanstack/react-router";
import { NewPasswordForm } from "~/components/account/new-password-form";
import { Page } from "~/components/layout/page";
import { Card } from "~/components/ui/card";
import { useLinkToken } from "~/lib/session/link-token";

export const Route = createFileRoute("/reset-password")({
  head: () => ({ meta: [{ title: "New password · Tracer" }] }),
  component: ResetPasswordPage,
});

function ResetPasswordPage() {
  const token = useLinkToken();
  return (
    <Page maxWidth="max-w-md">
      <h1 className="text-3xl sm:text-4xl">Choose a new password</h1>
      <Card className="mt-8">
        <noscript>
          <p className="text-sm font-medium text-danger">This page needs JavaScript.</p>
        </noscript>
        {token === undefined ? null : <NewPasswordForm token={token} />}
      </Card>
    </Page>
  );
}
