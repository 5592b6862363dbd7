import { createFileRoute } from "@tanstack/react-router";
import { ConfirmAddress } from "~/components/account/confirm-address";
import { Page } from "~/components/layout/page";
import { Card } from "~/components/ui/card";
import { useLinkToken } from "~/lib/session/link-token";

export const Route = createFileRoute("/confirm-address")({
  head: () => ({ meta: [{ title: "Confirm address · Tracer" }] }),
  component: ConfirmAddressPage,
});

function ConfirmAddressPage() {
  const token = useLinkToken();
  return (
    <Page maxWidth="max-w-md">
      <h1 className="text-3xl sm:text-4xl">Your e-mail address</h1>
      <Card className="mt-8">
        <noscript>
          <p className="text-sm font-medium text-danger">This page needs JavaScript.</p>
        </noscript>
        {token === undefined ? null : <ConfirmAddress token={token} />}
      </Card>
    </Page>
  );
}
