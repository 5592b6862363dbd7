import "@tanstack/react-start/server-only";
import { auth } from "~/lib/server/auth/auth";

/** Who makes a request. */
export interface Caller {
  id: string;
}

/** A caller with the session that says so. For the server alone: the token is as good as the cookie. */
export interface CallerSession extends Caller {
  token: string;
}

/** Requests that this server makes of itself, for a caller whom it has checked. */
const vouched = new WeakMap<Request, CallerSession>();

/**
 * The caller of a request, by its session cookie; null when nobody is signed in.
 *
 * @param fresh ask the database rather than believe the cookie's signed copy. Writes do.
 * @throws when the database has to be asked and cannot be reached
 */
export async function callerOf(request: Request, options: { fresh?: boolean } = {}): Promise<Caller | null> {
  const session = await sessionOf(request, options);
  return session && { id: session.id };
}

/** The same as {@link callerOf}, with the session's token. */
export async function sessionOf(request: Request, { fresh = false } = {}): Promise<CallerSession | null> {
  const known = vouched.get(request);
  if (known) return known;
  const found = await auth.api.getSession({ headers: request.headers, query: { disableCookieCache: fresh } });
  return found ? { id: found.user.id, token: found.session.token } : null;
}

/** Makes the caller of a request known, which then is not asked for again. For requests that the server makes itself. */
export function vouchFor(request: Request, session: CallerSession): Request {
  vouched.set(request, session);
  return request;
}
