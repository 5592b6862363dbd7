import { setTimeout as delay } from "node:timers/promises";
import { mailLink } from "~/lib/server/mail/mail-link";

/**
 * How long an answer takes at least that must not tell whether an address has an account, in milliseconds. This is longer
 * than what happens behind the answer, so the time of the answer is the same in both cases.
 */
const leastTime = 500;

/** The addresses of better-auth whose answers are the same for an address with an account and for one without. */
const evenPaths = new Set([
  "/api/auth/request-password-reset",
  "/api/auth/change-email",
  // Otherwise a sign-up says in words that the address is taken.
  ...(mailLink?.verification === "required" ? ["/api/auth/sign-up/email"] : []),
]);

/** Holds back an answer that came early. Refusals go out at once: they depend on what was sent alone. */
export async function evenly(request: Request, answer: Promise<Response>): Promise<Response> {
  if (!mailLink || !evenPaths.has(new URL(request.url).pathname)) return answer;
  const time = delay(leastTime);
  const done = await answer;
  if (done.ok) await time;
  return done;
}
