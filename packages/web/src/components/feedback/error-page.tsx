import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { Page } from "../layout/page";
import { PublicLinks } from "../layout/public-links";
import { Button, buttonLook } from "../ui/button";

/** Replaces a page that failed. The page says what happened and offers to try again or to leave. */
export function ErrorPage({ reset }: ErrorComponentProps) {
  const router = useRouter();
  const [retrying, setRetrying] = useState(false);

  async function retry() {
    setRetrying(true);
    try {
      await router.invalidate();
      reset();
    } finally {
      setRetrying(false);
    }
  }

  return (
    <Page actions={<PublicLinks />} maxWidth="max-w-xl">
      <p className="text-sm font-medium text-danger">Something went wrong</p>
      <h1 className="mt-2 text-3xl sm:text-4xl">This page cannot be shown.</h1>
      <p className="mt-4 text-muted-foreground">
        The server failed to answer, or your connection was lost. Everything that you saved is safe. Try again
        in a moment.
      </p>
      <div className="mt-8 flex flex-wrap gap-3">
        <Button onClick={retry} aria-disabled={retrying}>
          {retrying ? "Trying…" : "Try again"}
        </Button>
        <Link to="/" className={buttonLook({ variant: "outline" })}>
          Go to the home page
        </Link>
      </div>
    </Page>
  );
}
