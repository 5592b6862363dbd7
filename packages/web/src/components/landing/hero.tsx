import { Link } from "@tanstack/react-router";
import { Button } from "../ui/button";
import { TwoWindows } from "./two-windows";

/** What this is, and the way in. */
export function Hero({ signedIn }: { signedIn: boolean }) {
  return (
    <section aria-labelledby="what" className="flex items-center justify-between gap-12">
      <div className="max-w-2xl">
        <h1 id="what" className="text-4xl leading-[1.08] sm:text-6xl">
          One row, from Postgres to your screen and back.
        </h1>
        <p className="mt-6 text-lg text-muted-foreground">
          Tracer keeps your profile live in every window you have open. Change it in one, and the others show
          it at once; change it in the database, and all of them do.
        </p>
        <div className="mt-8 flex flex-wrap gap-3">
          {signedIn ? (
            <Button asChild>
              <Link to="/profile">Open your profile</Link>
            </Button>
          ) : (
            <>
              <Button asChild>
                <Link to="/sign-in" search={{ mode: "sign-up" }}>
                  Create an account
                </Link>
              </Button>
              <Button asChild variant="outline">
                <Link to="/sign-in">Sign in</Link>
              </Button>
            </>
          )}
        </div>
      </div>
      <TwoWindows />
    </section>
  );
}
