import { Link } from "@tanstack/react-router";
import { Alert } from "../ui/alert";
import type { AuthMessage } from "./auth-message";

/** Says why signing up or in did not work, and offers the other act where that would help. */
export function AuthProblem({
  message,
  redirect,
}: {
  message: AuthMessage | undefined;
  redirect?: string | undefined;
}) {
  return (
    // Always in the page, so that what appears inside it is read out.
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
              {message.instead === "sign-up" ? "New here?" : "Sign in instead"}
            </Link>
          ) : null}
        </Alert>
      ) : null}
    </div>
  );
}
