import { Link } from "@tanstack/react-router";
import { Page } from "../layout/page";
import { PublicLinks } from "../layout/public-links";
import { buttonLook } from "../ui/button";

/** Answers an address that no route serves. */
export function NotFoundPage() {
  return (
    <Page actions={<PublicLinks />} maxWidth="max-w-xl">
      <p className="text-sm font-medium text-muted-foreground">404</p>
      <h1 className="mt-2 text-3xl sm:text-4xl">There is no page at this address.</h1>
      <p className="mt-4 text-muted-foreground">
        Check the address for typing mistakes, or go to one of these pages.
      </p>
      <div className="mt-8 flex flex-wrap gap-3">
        <Link to="/" className={buttonLook()}>
          Go to the home page
        </Link>
        <Link to="/profile" className={buttonLook({ variant: "outline" })}>
          Open your profile
        </Link>
      </div>
    </Page>
  );
}
