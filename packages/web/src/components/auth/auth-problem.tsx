import { Link } from "@tanstack/react-router";
import { Alert } from "../ui/alert";
import type { AuthMessage } from "./auth-message";

/** Says why signing up or signing in failed, and links to the other form where that form would help. */
export function AuthProblem({
  message,
  redirect,
}: {
  message: AuthMessage | undefined;
  redirect?: string | undefined;
}) {
  return (
    // The alert region is always in the page, so that a screen reader reads out a message that appears in the region.
    <div role="alert" className="not-empty:mb-5">
      {message ? (
        <Alert>
          <span>{message.text}</span>
          {message.instead ? (
            <Link
              to="/sign-in"
              search={{ mode: message.instead === "sign-up" ? "sign-up" : undefined, redirect }}
              className="font-medium underline underline-offset-4"
            >
              {message.instead === "sign-up" ? "Create an account" : "Sign in instead"}
            </Link>
          ) : null}
        </Alert>
      ) : null}
    </div>
  );
}
