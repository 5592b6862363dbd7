import "@tanstack/react-start/server-only";
import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { sessionBegan } from "~/lib/server/auth/auth-events";
import { madeIn } from "~/lib/server/auth/made-session";

/**
 * Which sessions end with what a person does:
 *
 * - A sign-in ends the session that the browser had, whoever the session belonged to. Otherwise the session of a cookie
 *   that is overwritten would stand for another week, and nobody could see that it stands.
 * - A new password ends all other sessions of the person.
 *
 * A session begins when the request that made the session is done: the plugin for second factors, which comes before this
 * one, ends the session again when a second factor is missing. The session that the browser had ends all the same,
 * because its cookie has gone.
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
          const made = madeIn(ctx.context);
          if (!made) return;
          if (newSession) await sessionBegan(made);
          const token = await ctx.getSignedCookie(authCookies.sessionToken.name, secret);
          if (token && token !== made.token) await internalAdapter.deleteSession(token);
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
