import { createFileRoute, Link, redirect, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { PasskeyButton } from "~/components/auth/passkey-button";
import { returnPath } from "~/components/auth/return-path";
import { SignInForm } from "~/components/auth/sign-in-form";
import { SignUpForm } from "~/components/auth/sign-up-form";
import { Page } from "~/components/layout/page";
import { Alert } from "~/components/ui/alert";
import { Card } from "~/components/ui/card";
import { getSession } from "~/lib/session/session";
import type { SessionEnd } from "~/lib/session/session-end";
import { getSignInSetting } from "~/lib/session/sign-in-setting";
import { forgetKeptRows } from "~/lib/sync/kept/kept-for";

/** After the deletion of an account nobody is sent here. A provider may send people back whom it could not sign in. */
type Reason = Exclude<SessionEnd, "account-deleted"> | "provider";

// Few deployments have buttons for providers.
const ProviderButtons = lazy(async () => {
  const loaded = await import("~/components/auth/provider-buttons");
  return { default: loaded.ProviderButtons };
});

interface Search {
  /** The form to show. Absent shows the sign-in form. */
  mode?: "sign-up" | undefined;
  /** The path that the person asked for before signing in. */
  redirect?: string | undefined;
  /** Why the person is here, when nobody asked to be: how the last session ended, or a sign-in elsewhere. */
  reason?: Reason | undefined;
}

const reasons: Record<Reason, string> = {
  refused: "You were signed out. Sign in again.",
  "signed-out": "You signed out in another tab.",
  provider: "You could not be signed in that way. If you have an account, sign in with your password.",
};

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): Search => ({
    mode: search.mode === "sign-up" ? "sign-up" : undefined,
    redirect: returnPath(search.redirect),
    reason: isReason(search.reason) ? search.reason : undefined,
  }),
  beforeLoad: async ({ search }) => {
    if (await getSession()) throw redirect({ href: search.redirect ?? "/profile", replace: true });
  },
  loader: () => getSignInSetting(),
  staleTime: Number.POSITIVE_INFINITY,
  head: ({ match }) => ({
    meta: [{ title: match.search.mode === "sign-up" ? "Create account · Tracer" : "Sign in · Tracer" }],
  }),
  component: SignInPage,
});

function isReason(value: unknown): value is Reason {
  return value === "refused" || value === "signed-out" || value === "provider";
}

const tab =
  "flex min-h-10 flex-1 items-center justify-center rounded-full px-3 text-sm font-medium text-muted-foreground hover:text-foreground aria-[current=page]:bg-raised aria-[current=page]:text-foreground aria-[current=page]:shadow-sm";

function SignInPage() {
  const { mode, redirect, reason } = Route.useSearch();
  const { mail, providers } = Route.useLoaderData();
  const navigate = useNavigate();
  const signUp = mode === "sign-up";
  const enter = () => navigate({ href: redirect ?? "/profile", replace: true });
  const secondStep = () => navigate({ to: "/second-step", search: { redirect }, replace: true });
  useEffect(() => void forgetKeptRows().catch(() => {}), []);

  return (
    <Page maxWidth="max-w-md">
      <div role="status" className="not-empty:mb-8">
        {reason ? <Alert tone="write">{reasons[reason]}</Alert> : null}
      </div>
      <h1 className="text-3xl sm:text-4xl">{signUp ? "Create your account" : "Welcome back"}</h1>
      <p className="mt-2 text-muted-foreground">
        {signUp
          ? "Your account is a row in Postgres that only you can read and change."
          : "Sign in to open your profile."}
      </p>
      <Card className="mt-8">
        <nav aria-label="Sign in or create an account" className="mb-7 flex rounded-full bg-muted p-1">
          <Link
            to="/sign-in"
            search={{ mode: undefined, redirect, reason }}
            replace
            activeOptions={{ exact: true }}
            className={tab}
          >
            Sign in
          </Link>
          <Link
            to="/sign-in"
            search={{ mode: "sign-up", redirect, reason }}
            replace
            activeOptions={{ exact: true }}
            className={tab}
          >
            Create account
          </Link>
        </nav>
        <noscript>
          <p className="mb-5 text-sm font-medium text-danger">
            This form needs JavaScript. Turn on JavaScript in your browser to continue.
          </p>
        </noscript>
        {signUp ? (
          <SignUpForm redirect={redirect} onDone={enter} />
        ) : (
          <>
            <SignInForm
              redirect={redirect}
              onDone={(signedIn) => (signedIn?.twoFactorRedirect ? secondStep() : enter())}
            />
            <PasskeyButton onDone={enter} />
          </>
        )}
        {providers.length > 0 ? (
          <Suspense>
            <ProviderButtons providers={providers} redirect={redirect} />
          </Suspense>
        ) : null}
        {mail && !signUp ? (
          <p className="mt-5 text-sm">
            <Link to="/forgot-password" className="underline underline-offset-4">
              Forgot your password?
            </Link>
          </p>
        ) : null}
      </Card>
    </Page>
  );
}
