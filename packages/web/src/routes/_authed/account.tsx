import { useLiveQuery } from "@tanstack/react-db";
import { createFileRoute, Link } from "@tanstack/react-router";
import { ChangeEmail } from "~/components/account/change-email";
import { DataSection } from "~/components/account/data-section";
import { DeleteSection } from "~/components/account/delete-section";
import { DevicesSection } from "~/components/account/devices-section";
import { FirstPasswordSection } from "~/components/account/first-password-section";
import { PasskeysSection } from "~/components/account/passkeys-section";
import { PasswordSection } from "~/components/account/password-section";
import { SecondFactorSection } from "~/components/account/second-factor-section";
import { Section } from "~/components/account/section";
import { useMethods } from "~/components/account/use-methods";
import { collectionsFor } from "~/lib/collections";
import { firstPaint } from "~/lib/first-paint";

export const Route = createFileRoute("/_authed/account")({
  head: () => ({ meta: [{ title: "Your account · Tracer" }] }),
  loader: firstPaint(["users"]),
  // Pages that need no rows of the first paint load no loader.
  codeSplitGroupings: [["component", "loader"]],
  component: AccountPage,
});

function AccountPage() {
  const { user, sendsMail } = Route.useRouteContext();
  const { users } = collectionsFor(user.id, Route.useLoaderData());
  const { data } = useLiveQuery((q) => q.from({ user: users }));
  const row = data?.find(({ id }) => id === user.id);
  const owner = { name: row?.name ?? "", email: row?.email ?? "" };
  const methods = useMethods();
  // Nearly everybody has a password.
  const hasPassword = methods.methods?.password ?? true;
  return (
    <>
      <p className="text-sm">
        <Link to="/profile" className="underline underline-offset-4">
          Back to your profile
        </Link>
      </p>
      <h1 className="mt-3 text-3xl sm:text-4xl">Your account</h1>
      <div className="mt-8 space-y-6">
        {hasPassword ? (
          <PasswordSection owner={owner} />
        ) : (
          <FirstPasswordSection owner={owner} onDone={methods.refresh} />
        )}
        {row && sendsMail && hasPassword ? (
          <Section title="Email" about="The mails with links to the account go to this address.">
            <ChangeEmail email={row.email} emailVerified={row.emailVerified} />
          </Section>
        ) : null}
        <SecondFactorSection {...methods} />
        <PasskeysSection {...methods} />
        <DevicesSection />
        <DataSection />
        <DeleteSection userId={user.id} hasPassword={hasPassword} />
      </div>
    </>
  );
}
