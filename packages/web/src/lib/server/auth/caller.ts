import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";

/** The signed-in user who makes a request. */
export interface Caller {
  id: string;
}

/**
 * Finds the caller of a request by the session cookie.
 *
 * @param fresh asks the database for the session instead of trusting the signed copy in the cookie. Writes need this
 * @returns undefined when nobody is signed in
 * @throws when the database has to be asked and cannot be reached
 */
export async function callerOf(request: Request, { fresh = false } = {}): Promise<Caller | undefined> {
  const found = await auth.api.getSession({ headers: request.headers, query: { disableCookieCache: fresh } });
  return found ? { id: found.user.id } : undefined;
}
