import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logFailure } from "~/lib/server/log-failure";

/** The handler of better-auth's routes. Failures of ours are answered with 503 in words and logged without secrets. */
export async function serveAuth({ request }: { request: Request }): Promise<Response> {
  const answer = await auth.handler(request).catch((error: unknown) => {
    // A NUL in a token, say: better-auth looks for whatever it is sent.
    const refused = constraintRefusal(error);
    if (refused?.code === "BAD_REQUEST") return refusal(400, refused.message);
    logFailure("auth", error);
  });
  // What better-auth says of a failing database is meant for developers, or is nothing at all.
  if (answer && answer.status < 500) return answer;
  return refusal(503, "Signing in is not possible at the moment. Try again in a moment.", retryAfter);
}
