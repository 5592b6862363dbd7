import { Link } from "@tanstack/react-router";
import { buttonLook } from "../ui/button";
import { TwoWindows } from "./two-windows";

/** Says what a visitor gets and how to start. */
export function Hero({ signedIn }: { signedIn: boolean }) {
  return (
    <section aria-labelledby="what" className="flex items-center justify-between gap-12">
      <div className="max-w-2xl">
        <h1 id="what" className="text-4xl leading-[1.08] sm:text-6xl">
          See a Postgres row live in your browser.
        </h1>
        <p className="mt-6 text-lg text-muted-foreground">
          Create an account and get a row of your own: your profile. Edit your profile in one window, and your
          other windows show the edit at once. Change the row in the database, and every window follows.
        </p>
        <p className="mt-4 text-muted-foreground">
          Are you a developer? Tracer is a reference app: copy its code to sync your own tables in the same
          way.
        </p>
        <div className="mt-8 flex flex-wrap gap-3">
          {signedIn ? (
            <Link to="/profile" className={buttonLook()}>
              Open your profile
            </Link>
          ) : (
            <>
              <Link to="/sign-in" search={{ mode: "sign-up" }} className={buttonLook()}>
                Create an account
              </Link>
              <Link to="/sign-in" className={buttonLook({ variant: "outline" })}>
                Sign in
              </Link>
            </>
          )}
        </div>
      </div>
      <TwoWindows />
    </section>
  );
}
