import "@tanstack/react-start/server-only";
import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";

/**
 * Which sessions end with what a person does:
 *
 * - A sign-in ends the session that the browser had, whoever the session belonged to. Otherwise the session of a cookie
 *   that is overwritten would stand for another week, and nobody could see that it stands.
 * - A new password ends all other sessions of the person.
 *
 * A sign-in that waits for a second factor has no session yet, so this plugin comes after the one for second factors.
 */
export const sessionRules = {
  id: "session-rules",
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === "/change-password",
        handler: createAuthMiddleware(async ({ body }) => ({
          context: { body: { ...body, revokeOtherSessions: true } },
        })),
      },
    ],
    after: [
      {
        matcher: () => true,
        handler: createAuthMiddleware(async (ctx) => {
          const { newSession, authCookies, secret, internalAdapter } = ctx.context;
          if (!newSession) return;
          const token = await ctx.getSignedCookie(authCookies.sessionToken.name, secret);
          if (token && token !== newSession.session.token) await internalAdapter.deleteSession(token);
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
