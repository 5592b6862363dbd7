import "@tanstack/react-start/server-only";
import type { AuthContext, User } from "better-auth";
import { parseCookies } from "better-auth/cookies";

/**
 * Finds the person who has given the password and is yet to show the second factor, by the cookie that better-auth sets
 * between the two steps. The cookie names a row of `verification` with 20 random characters. The signature behind the
 * name is for better-auth to check: here the person is only counted against.
 *
 * @returns undefined when the browser is not between the steps
 */
export async function personBetweenSteps(
  { createAuthCookie, internalAdapter }: Pick<AuthContext, "createAuthCookie" | "internalAdapter">,
  headers: Headers,
): Promise<User | undefined> {
  const cookie = parseCookies(headers.get("cookie") ?? "").get(createAuthCookie("two_factor").name);
  const name = cookie?.split(".", 1)[0];
  if (!name?.startsWith("2fa-")) return undefined;
  const step = await internalAdapter.findVerificationValue(name);
  if (!step || step.expiresAt < new Date()) return undefined;
  return (await internalAdapter.findUserById(step.value)) ?? undefined;
}
