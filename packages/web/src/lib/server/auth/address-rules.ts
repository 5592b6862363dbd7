import "@tanstack/react-start/server-only";
import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware, getSessionFromCtx } from "better-auth/api";

/**
 * Asks for the password before the address of an account changes. Whoever finds a browser signed in could otherwise move
 * an account whose address was never confirmed to an address of their own, and then replace the password.
 */
export const addressRules = {
  id: "address-rules",
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === "/change-email",
        handler: createAuthMiddleware(async (ctx) => {
          const session = await getSessionFromCtx(ctx, { disableCookieCache: true });
          // Without a session better-auth refuses the request itself.
          if (session) await ctx.context.password.checkPassword(session.user.id, ctx);
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
