import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";

/** Who makes a request. */
export interface Caller {
  id: string;
}

/**
 * The caller of a request, by its session cookie; null when nobody is signed in.
 *
 * @param fresh ask the database rather than believe the cookie's signed copy. Writes do.
 * @throws when the database has to be asked and cannot be reached
 */
export async function callerOf(request: Request, { fresh = false } = {}): Promise<Caller | null> {
  const found = await auth.api.getSession({ headers: request.headers, query: { disableCookieCache: fresh } });
  return found ? { id: found.user.id } : null;
}
