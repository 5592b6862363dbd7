import "@tanstack/react-start/server-only";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from "better-auth/api";
import { TWO_FACTOR_ERROR_CODES, twoFactor } from "better-auth/plugins/two-factor";
import { Resource } from "sst";
import * as z from "zod/mini";
import { personBetweenSteps } from "~/lib/server/auth/between-steps";
import { backupCodesRenewed, backupCodeUsed } from "~/lib/server/auth/mail-notices";
import { keyedHash } from "~/lib/server/keyed-hash";
import { shownCode } from "~/lib/server/limits";
import { takeAttempt } from "~/lib/server/load/buckets";

/** The endpoints of better-auth's plugin that the app does without: codes by mail, and the secret of an app once more. */
export const unusedFactorPaths = [
  "/two-factor/send-otp",
  "/two-factor/verify-otp",
  "/two-factor/get-totp-uri",
];

/**
 * A second factor by an authenticator app, with backup codes. `guarded-proof.ts` counts wrong codes for each account. The
 * plugin's own count would let whoever knows a password lock the owner out.
 */
export const secondFactor = twoFactor({ accountLockout: { enabled: false } });

const shown = z.object({ code: z.string() });
const verifications = ["/two-factor/verify-totp", "/two-factor/verify-backup-code"];

/** What the app adds to the second factor of better-auth. */
export const secondFactorRules = {
  id: "second-factor-rules",
  hooks: {
    before: [
      {
        // A browser that was trusted once would need no second factor for a month. The app does not offer that.
        matcher: ({ path }) => path !== undefined && verifications.includes(path),
        handler: createAuthMiddleware(async ({ body }) => ({
          context: { body: { ...body, trustDevice: false } },
        })),
      },
      {
        // Whoever has read a code over a shoulder could otherwise use it within the same minute.
        matcher: ({ path }) => path === "/two-factor/verify-totp",
        handler: createAuthMiddleware(async (ctx) => {
          const { data } = shown.safeParse(ctx.body);
          const session = await getSessionFromCtx(ctx);
          const user = session?.user ?? (await personBetweenSteps(ctx.context, ctx.headers ?? new Headers()));
          if (!data || !user) return;
          const key = keyedHash(Resource.AuthSecret.value, `code|${user.id}|${data.code}`);
          const refused = await takeAttempt([{ key: `code:${key}`, ...shownCode }]);
          if (refused !== undefined) throw APIError.from("UNAUTHORIZED", TWO_FACTOR_ERROR_CODES.INVALID_CODE);
        }),
      },
    ],
    after: [
      {
        matcher: ({ path }) =>
          path === "/two-factor/verify-backup-code" || path === "/two-factor/generate-backup-codes",
        handler: createAuthMiddleware(async (ctx) => {
          const { returned, newSession, session } = ctx.context;
          const user = newSession?.user ?? session?.user;
          if (isAPIError(returned) || !user) return;
          if (ctx.path === "/two-factor/verify-backup-code") await backupCodeUsed(user);
          else await backupCodesRenewed(user);
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
