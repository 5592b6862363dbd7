import "@tanstack/react-start/server-only";
import { hash } from "node:crypto";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { standingTokens, stillStands } from "~/lib/server/auth/standing";
import { sessionCacheSeconds } from "~/lib/server/limits";

/** How many sessions one process remembers. The session that was used least recently is forgotten first. */
const greatestCount = 10_000;

/** After this time better-auth checks the cookie again, and prolongs a session that is a day old, in milliseconds. */
const longestMemory = 5 * 60_000;

/** A session whose last use is longer ago than this is not checked along with others, in milliseconds. */
const idleTime = 60_000;

/**
 * The times are those of `performance.now()`: a machine's clock that is set back by an hour must not keep a revoked session
 * alive for an hour.
 */
interface Remembered extends CallerSession {
  /** Until when the session may begin a request without a question to the database. */
  trustedUntil: number;
  usedAt: number;
  since: number;
}

/** By the hash of the cookies that proved the session, so that no secret is a key in memory. Oldest use first. */
const remembered = new Map<string, Remembered>();

let checking: Promise<void> | undefined;

/** Finds the session that the same cookies have proved before. */
export function recall(cookies: string): Remembered | undefined {
  const key = keyOf(cookies);
  const session = remembered.get(key);
  if (!session) return undefined;
  remembered.delete(key);
  if (performance.now() - session.since > longestMemory) return undefined;
  remembered.set(key, session);
  session.usedAt = performance.now();
  return session;
}

/**
 * Remembers whose session the cookies prove.
 *
 * @param age how long ago the database last confirmed the session, in milliseconds
 */
export function remember(cookies: string, { id, token }: CallerSession, age: number): void {
  const now = performance.now();
  const trustedUntil = now - Math.max(0, age) + sessionCacheSeconds * 1000;
  remembered.set(keyOf(cookies), { id, token, trustedUntil, usedAt: now, since: now });
  const [oldest] = remembered.keys();
  if (remembered.size > greatestCount && oldest !== undefined) remembered.delete(oldest);
}

/** Trusts a session that the database has confirmed in this moment. */
export function trust(session: Remembered): Remembered {
  session.trustedUntil = performance.now() + sessionCacheSeconds * 1000;
  return session;
}

/** Forgets a session that has ended. */
export function forget(token: string): void {
  for (const [key, session] of remembered) if (session.token === token) remembered.delete(key);
}

/** Forgets all sessions of a user who was deleted. */
export function forgetUser(userId: string): void {
  for (const [key, session] of remembered) if (session.id === userId) remembered.delete(key);
}

/**
 * Checks whether a session stands, with an answer of the database that is at most {@link sessionCacheSeconds} old. When
 * there is none, one statement asks for all sessions that are in use, so that many idle browsers cost few statements.
 *
 * @throws when the database cannot be reached
 */
export async function standsLately(session: Remembered): Promise<boolean> {
  if (session.trustedUntil > performance.now()) return true;
  checking ??= checkAll().finally(() => {
    checking = undefined;
  });
  await checking;
  if (session.trustedUntil > performance.now()) return true;
  // A check that was under way did not ask for this session, or the session has ended.
  return stillStands(session);
}

async function checkAll(): Promise<void> {
  const began = performance.now();
  const asked = [...remembered.values()].filter(({ usedAt }) => began - usedAt < idleTime);
  const standing = await standingTokens(asked.map(({ token }) => token));
  for (const session of asked) {
    if (standing.has(session.token)) session.trustedUntil = began + sessionCacheSeconds * 1000;
    else forget(session.token);
  }
}

function keyOf(cookies: string): string {
  return hash("sha256", cookies, "base64");
}
