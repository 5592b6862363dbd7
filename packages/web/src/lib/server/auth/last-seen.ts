import "@tanstack/react-start/server-only";
import { session } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { eq } from "drizzle-orm";
import { seenSeconds } from "~/lib/server/limits";
import { logFailure } from "~/lib/server/log-failure";

/**
 * Keeps when a session was last used, for the list of devices, to {@link seenSeconds}. A failure is logged and ends
 * nothing, because the session stands all the same.
 *
 * @param seenAt when the session was last used, as far as the row says
 */
export async function noteSeen(token: string, seenAt: Date): Promise<void> {
  if (Date.now() - new Date(seenAt).getTime() < seenSeconds * 1000) return;
  try {
    await db.update(session).set({ updatedAt: new Date() }).where(eq(session.token, token));
  } catch (error) {
    logFailure("auth: the last use of a session could not be kept", error);
  }
}
