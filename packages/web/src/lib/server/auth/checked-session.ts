import "@tanstack/react-start/server-only";
import { sessionOf } from "~/lib/server/auth/caller";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logFailure } from "~/lib/server/log-failure";
import { userHeader } from "~/lib/wire/user-header";

/** What is asked for: rows of one shape, or the line that carries the rows of all shapes. Names the failure in the log. */
type Asked = "shape" | "line";

/**
 * Finds the session of a request for rows, and checks that the page belongs to the session's user. Another tab may have
 * signed in another person, whose rows must not reach the collections of this page.
 *
 * The page names its user in the header {@link userHeader}. A request for a shape may lack the header.
 *
 * @returns the session, or the refusal: 401 without a session or for a page of another user, 503 when the session cannot
 *   be checked
 */
export async function checkedSession(
  request: Pick<Request, "headers">,
  asked: Asked,
): Promise<CallerSession | Response> {
  let session: CallerSession | undefined;
  try {
    session = await sessionOf(request);
  } catch (error) {
    return unchecked(asked, error);
  }
  if (!session) return refusal(401, "Sign in to sync.");
  const expected = request.headers.get(userHeader) ?? (asked === "shape" ? session.id : undefined);
  return expected === session.id ? session : refusal(401, "Another user is signed in now.");
}

/** Logs why a session could not be checked, and refuses with 503. */
export function unchecked(asked: Asked, error: unknown): Response {
  logFailure(`${asked}: the session could not be checked`, error);
  return refusal(503, "Your sign-in cannot be checked at the moment.", retryAfter);
}
