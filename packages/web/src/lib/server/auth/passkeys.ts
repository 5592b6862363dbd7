import "@tanstack/react-start/server-only";
import { passkey } from "@better-auth/passkey";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getAuthoritativeSessionFromCtx, isAPIError } from "better-auth/api";
import { Resource } from "sst";
import * as z from "zod/mini";
import { authLinks } from "~/lib/server/auth/auth-links";
import { passkeyAdded, passkeyRemoved } from "~/lib/server/auth/mail-notices";
import { passkeyName } from "~/lib/wire/passkey-name";

const { origin } = authLinks(Resource.Site.url, Resource.AuthSecret.value);

/** The endpoints of better-auth's plugin that the app does without. The account page lists passkeys in its own way. */
export const unusedPasskeyPaths = ["/passkey/list-user-passkeys", "/passkey/update-passkey"];

const unverified = {
  code: "PASSKEY_NOT_VERIFIED",
  message: "The device has not checked that it is you. Use its screen lock, or another device.",
};

/** A passkey stands for two factors, the device and what unlocks it, so the device has to say that it was unlocked. */
function expectVerified(userVerified: boolean | undefined): void {
  if (!userVerified) throw new APIError("UNAUTHORIZED", unverified);
}

/** Signing in with a passkey. The key is bound to the site's host, and is found without an address. */
export const passkeys = passkey({
  rpID: new URL(origin).hostname,
  rpName: "Tracer",
  origin,
  authenticatorSelection: { residentKey: "required", userVerification: "required" },
  registration: {
    afterVerification: ({ verification }) => expectVerified(verification.registrationInfo?.userVerified),
  },
  authentication: {
    afterVerification: ({ verification }) => expectVerified(verification.authenticationInfo.userVerified),
  },
});

const named = z.object({ name: passkeyName });

/** Where a person adds and removes passkeys. */
const managed = [
  "/passkey/generate-register-options",
  "/passkey/verify-registration",
  "/passkey/delete-passkey",
];

/** What the app adds to better-auth's passkeys: a name for each, a notice of each change, and no token in an answer. */
export const passkeyRules = {
  id: "passkey-rules",
  hooks: {
    before: [
      {
        // The plugin believes the copy of the session in the cookie. A session that was revoked must leave no passkey.
        matcher: ({ path }) => path !== undefined && managed.includes(path),
        handler: createAuthMiddleware(async (ctx) => {
          const session = await getAuthoritativeSessionFromCtx(ctx);
          if (!session) throw new APIError("UNAUTHORIZED");
          ctx.context.session = session;
        }),
      },
      {
        matcher: ({ path }) => path === "/passkey/verify-registration",
        handler: createAuthMiddleware(async ({ body }) => {
          const { data, error } = named.safeParse(body);
          if (!data) throw new APIError("BAD_REQUEST", { message: error.issues[0]?.message });
          return { context: { body: { ...body, name: data.name, createSession: false } } };
        }),
      },
    ],
    after: [
      {
        matcher: ({ path }) => path === "/passkey/verify-registration" || path === "/passkey/delete-passkey",
        handler: createAuthMiddleware(async (ctx) => {
          const { returned, session } = ctx.context;
          if (isAPIError(returned) || !session) return;
          if (ctx.path === "/passkey/delete-passkey") await passkeyRemoved(session.user);
          else await passkeyAdded(session.user);
        }),
      },
      {
        matcher: ({ path }) => path === "/passkey/verify-authentication",
        handler: createAuthMiddleware(async (ctx) => {
          if (!isAPIError(ctx.context.returned)) return ctx.json({ signedIn: true });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
