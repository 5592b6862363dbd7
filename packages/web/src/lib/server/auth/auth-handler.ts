import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";
import { logRefusal } from "~/lib/server/auth/auth-events";
import { evenly } from "~/lib/server/auth/even-answers";
import { guardProof } from "~/lib/server/auth/guarded-proof";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logFailure } from "~/lib/server/log-failure";

const authPath = "/api/auth";

/** Serves better-auth's routes. A failure of the server becomes a 503 in words, and a log line without secrets. */
export async function serveAuth({ request }: { request: Request }): Promise<Response> {
  const path = new URL(request.url).pathname.slice(authPath.length);
  const asked = evenly(
    request,
    guardProof(request, path, () => byBetterAuth(request)),
  );
  const answer = await asked.catch((error: unknown) => {
    // better-auth queries for any value that a client sends, and Postgres refuses some values, such as text with a NUL.
    const refused = constraintRefusal(error);
    if (refused?.code === "BAD_REQUEST") return refusal(400, refused.message);
    logFailure("auth", error);
  });
  // better-auth describes a failing database for developers, or not at all.
  if (answer && (answer.status < 500 || answer.headers.has("retry-after"))) return answer;
  return refusal(503, "Signing in is not possible at the moment. Try again in a moment.", retryAfter);
}

async function byBetterAuth(request: Request): Promise<Response> {
  const answer = await auth.handler(request);
  logRefusal(request, answer.status);
  // better-auth has a name of its own for the header.
  const wait = answer.headers.get("x-retry-after");
  if (wait !== null) answer.headers.set("retry-after", wait);
  return answer;
}
