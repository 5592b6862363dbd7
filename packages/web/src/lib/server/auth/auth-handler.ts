import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";
import { logRefusal } from "~/lib/server/auth/auth-events";
import { evenly } from "~/lib/server/auth/even-answers";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logFailure } from "~/lib/server/log-failure";

/** Serves better-auth's routes. A failure of the server becomes a 503 in words, and a log line without secrets. */
export async function serveAuth({ request }: { request: Request }): Promise<Response> {
  const answer = await evenly(request, auth.handler(request)).catch((error: unknown) => {
    // better-auth queries for any value that a client sends, and Postgres refuses some values, such as text with a NUL.
    const refused = constraintRefusal(error);
    if (refused?.code === "BAD_REQUEST") return refusal(400, refused.message);
    logFailure("auth", error);
  });
  // better-auth describes a failing database for developers, or not at all.
  if (answer && answer.status < 500) {
    logRefusal(request, answer.status);
    return answer;
  }
  return refusal(503, "Signing in is not possible at the moment. Try again in a moment.", retryAfter);
}
