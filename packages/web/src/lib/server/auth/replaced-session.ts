import "@tanstack/react-start/server-only";
import { session } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import type { GenericEndpointContext, Session } from "better-auth";
import { eq } from "drizzle-orm";
import { sessionEnded } from "~/lib/server/auth/auth-events";
import { madeIn } from "~/lib/server/auth/made-session";
import { longestSessionSeconds, replacedSessionSeconds } from "~/lib/server/limits";

/** Where better-auth gives a browser a new session in place of the one that the browser has. */
const replacing = new Set(["/two-factor/verify-totp", "/two-factor/disable"]);

/**
 * Before a session is deleted: lets a session that a new one replaces go on for {@link replacedSessionSeconds}. Other
 * requests of the browser are under way with the old cookie. Refused, they would throw the person out of the page, and
 * the backup codes on that page are shown once.
 *
 * @returns false when the session is not to be deleted now
 */
export async function outlive(
  old: Session,
  context: GenericEndpointContext | null,
): Promise<false | undefined> {
  const made = madeIn(context?.context);
  if (!context || !made || !replacing.has(context.path)) return undefined;
  if (old.token === made.token || old.userId !== made.userId) return undefined;
  const end = new Date(Date.now() + replacedSessionSeconds * 1000);
  if (old.expiresAt <= end) return false;
  // better-auth would prolong the session on its next use. The bound of its absolute life keeps the session from that.
  const createdAt = new Date(end.getTime() - longestSessionSeconds * 1000);
  await db.update(session).set({ expiresAt: end, createdAt }).where(eq(session.token, old.token));
  sessionEnded(old, made);
  return false;
}
