import "@tanstack/react-start/server-only";
import { BetterAuthError, type Session } from "better-auth";
import { isAPIError } from "better-auth/api";
import { noticeNewDevice } from "~/lib/server/auth/new-device";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { logLimited, logSecurity } from "~/lib/server/log/security-event";
import { logFailure } from "~/lib/server/log-failure";

type BeganSession = Parameters<typeof noticeNewDevice>[0];
type EndedSession = Pick<Session, "token" | "userId">;

/** A session began: somebody has signed in, by whichever means. */
export async function sessionBegan(session: BeganSession): Promise<void> {
  logSecurity("sign-in", { user: session.userId });
  await noticeNewDevice(session);
}

/**
 * A session ended: by signing out, by a revocation, or because the session had expired.
 *
 * @param made the session that the same request has made. That session never began: the second factor is still missing
 */
export function sessionEnded(ended: EndedSession, made: EndedSession | undefined): void {
  if (ended.token !== made?.token) logSecurity("session-ended", { user: ended.userId });
}

export async function userAdded({ id }: { id: string }): Promise<void> {
  logSecurity("sign-up", { user: id });
}

export function userDeleted({ id }: { id: string }): void {
  logSecurity("account-deleted", { user: id });
}

/** The addresses below `/api/auth` at which a person proves who they are. */
const proofs = /^\/api\/auth\/(sign-in|verify-password|two-factor|passkey)\b/;

/** Logs a refusal of better-auth that tells of guessing: a wrong proof, or too many attempts. */
export function logRefusal({ method, url }: Request, status: number): void {
  if (status === 429) logLimited("requests");
  else if (method === "POST" && (status === 401 || status === 403) && proofs.test(new URL(url).pathname))
    logSecurity("sign-in-failed");
}

/**
 * Logs a message of better-auth. A message with an error of the server is a failure. All others say why better-auth
 * refuses a request, which a stranger can cause at will: those are events without a stack. Behind a colon the messages
 * repeat what the client sent, so that part is left out.
 */
export function logAuthMessage(message: string, details: readonly unknown[]): void {
  const error = details.find((one) => one instanceof Error && !isRefusal(one));
  if (error) logFailure("auth", error);
  else logSecurity("auth-refused", { reason: message.split(":", 1)[0] ?? "" });
}

/** Whether an error says that better-auth, or the database, refuses what a client sent. */
function isRefusal(error: unknown): boolean {
  return (
    isAPIError(error) || error instanceof BetterAuthError || constraintRefusal(error)?.code === "BAD_REQUEST"
  );
}
