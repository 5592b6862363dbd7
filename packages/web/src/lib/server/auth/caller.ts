import "@tanstack/react-start/server-only";
import type { Transaction } from "@tracer/core/drizzle/database";
import { keepCookies } from "~/lib/server/auth/answer-cookies";
import { auth } from "~/lib/server/auth/auth";
import type { Caller, CallerSession } from "~/lib/server/auth/caller-session";
import { noteSeen } from "~/lib/server/auth/last-seen";
import { recall, remember, standsLately, trust } from "~/lib/server/auth/remembered-sessions";
import { ageOfProof } from "~/lib/server/auth/session-copy";
import { standingTokens, stillStands } from "~/lib/server/auth/standing";
import { noteUser } from "~/lib/server/log/request-context";

/** What is read of a request: the cookies. */
type Asking = Pick<Request, "headers">;

/**
 * Finds the caller of a request by the session cookie.
 *
 * @param fresh asks the database for the session instead of trusting the signed copy in the cookie. Writes need this
 * @returns undefined when nobody is signed in
 * @throws when the database has to be asked and cannot be reached
 */
export async function callerOf(
  request: Asking,
  options: { fresh?: boolean } = {},
): Promise<Caller | undefined> {
  const session = await sessionOf(request, options);
  return session && { id: session.id };
}

/** Does the same as {@link callerOf}, and adds the token of the session. */
export async function sessionOf(request: Asking, { fresh = false } = {}): Promise<CallerSession | undefined> {
  const session = await provenSession(request, fresh);
  if (session) noteUser(session.id);
  return session;
}

/** Says that a session has ended on which a request relied. */
export class SessionOver extends Error {}

/** A caller, and a check of the caller's session for the transaction that writes. */
export interface PresumedCaller {
  readonly caller: Caller;
  /**
   * Asks for the session in a transaction, which must not be committed before.
   *
   * @throws SessionOver
   */
  readonly stands: (tx: Transaction) => Promise<void>;
}

/**
 * Finds the caller of a request by what this process remembers, without asking the database. The check of the session
 * then travels with the statements of the write, and costs no round trip of its own.
 *
 * @returns undefined when this process does not remember the session
 */
export function presumedCaller({ headers }: Asking): PresumedCaller | undefined {
  const session = recall(headers.get("cookie") ?? "");
  if (!session) return undefined;
  const { id, token } = session;
  const stands = async (tx: Transaction) => {
    const standing = await standingTokens([token], tx);
    if (!standing.has(token)) throw new SessionOver();
    trust(session);
  };
  return { caller: { id }, stands };
}

async function provenSession(request: Asking, fresh: boolean): Promise<CallerSession | undefined> {
  const cookies = request.headers.get("cookie");
  if (cookies === null) return undefined;
  const session = recall(cookies);
  if (session && !fresh && (await standsLately(session))) return session;
  if (session && fresh && (await stillStands(session))) return trust(session);
  return lookUp(request, cookies, fresh || session !== undefined);
}

/** Lets better-auth check the cookies, which takes far longer than {@link recall}. */
async function lookUp(request: Asking, cookies: string, fresh: boolean): Promise<CallerSession | undefined> {
  const askedAt = Date.now();
  const age = fresh ? 0 : ageOfProof(cookies, askedAt);
  if (age === undefined) return lookUp(request, cookies, true);
  const { headers } = request;
  const { headers: answered, response: found } = await auth.api.getSession({
    headers,
    query: { disableCookieCache: fresh },
    returnHeaders: true,
  });
  keepCookies(request, answered.getSetCookie());
  if (!found) return undefined;
  await noteSeen(found.session.token, found.session.updatedAt);
  const session = { id: found.user.id, token: found.session.token };
  remember(cookies, session, age);
  return session;
}
