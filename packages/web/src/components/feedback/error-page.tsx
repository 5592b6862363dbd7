import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { Page } from "../layout/page";
import { PublicLinks } from "../layout/public-links";
import { Button } from "../ui/button";

/** What stands in for a page that failed: what happened in plain words, and two ways on. */
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
    <Page actions={<PublicLinks />} className="max-w-xl">
      <p className="text-sm font-medium text-danger">Something went wrong</p>
      <h1 className="mt-2 text-3xl sm:text-4xl">This page could not be shown.</h1>
      <p className="mt-4 text-muted-foreground">
        The server did not answer as it should, or the connection is gone. Nothing that was saved is lost. Try
        again in a moment.
      </p>
      <div className="mt-8 flex flex-wrap gap-3">
        <Button onClick={retry} aria-disabled={retrying}>
          {retrying ? "Trying…" : "Try again"}
        </Button>
        <Button asChild variant="outline">
          <Link to="/">Go to the start</Link>
        </Button>
      </div>
    </Page>
  );
}
