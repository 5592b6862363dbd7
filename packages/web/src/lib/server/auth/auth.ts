import "@tanstack/react-start/server-only";
import { userEmail, userName } from "@tracer/core/auth/auth.rules";
import { passwordLength } from "@tracer/core/auth/password-length";
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { tanstackStartCookies } from "better-auth/tanstack-start";
import { Resource } from "sst";
import * as z from "zod/mini";
import { accountEndpoints } from "~/lib/server/auth/account-endpoints";
import { addressRules } from "~/lib/server/auth/address-rules";
import { authAdapter } from "~/lib/server/auth/auth-adapter";
import { logAuthMessage, sessionEnded, userAdded } from "~/lib/server/auth/auth-events";
import { authLinks } from "~/lib/server/auth/auth-links";
import { changeEmailByMail, passwordByMail, verificationByMail } from "~/lib/server/auth/auth-mail";
import { cookieOptions } from "~/lib/server/auth/cookie-prefix";
import { password } from "~/lib/server/auth/hashing";
import { madeIn, noteMade } from "~/lib/server/auth/made-session";
import { accountChanged, confirmNewAddress, userChanged } from "~/lib/server/auth/mail-notices";
import { passkeyRules, passkeys, unusedPasskeyPaths } from "~/lib/server/auth/passkeys";
import { passwordRules } from "~/lib/server/auth/password-rules";
import { refuseBesideFactor, socialProviders, withoutTokens } from "~/lib/server/auth/providers";
import { forget } from "~/lib/server/auth/remembered-sessions";
import { outlive } from "~/lib/server/auth/replaced-session";
import { requestLimits } from "~/lib/server/auth/request-limits";
import { secondFactor, secondFactorRules, unusedFactorPaths } from "~/lib/server/auth/second-factor";
import { sessionRules } from "~/lib/server/auth/session-rules";
import { addressHeader } from "~/lib/server/http/client-address";
import {
  freshSessionSeconds,
  idleSessionSeconds,
  sessionCacheSeconds,
  signUpsOfNetwork,
} from "~/lib/server/limits";

const { origin, secret } = authLinks(Resource.Site.url, Resource.AuthSecret.value);

/** The rules of the sign-up form. better-auth's own rules accept more. */
const identity = z.object({ name: userName, email: userEmail });

/** better-auth on the app's tables: e-mail and password, sessions in cookies, rate limits counted in the database. */
export const auth = betterAuth({
  appName: "Tracer",
  baseURL: origin,
  secret,
  telemetry: { enabled: false },
  // Whoever comes back from a provider with a broken request reads the reason on the sign-in page.
  onAPIError: { throw: true, errorURL: `${origin}/sign-in?reason=provider` },
  // By default better-auth logs whole statements with their parameters, among them password hashes.
  logger: {
    log: (_level, message, ...details) => logAuthMessage(message, details),
  },
  database: authAdapter,
  emailAndPassword: {
    enabled: true,
    minPasswordLength: passwordLength.min,
    maxPasswordLength: passwordLength.max,
    password,
    revokeSessionsOnPasswordReset: true,
    ...passwordByMail,
  },
  ...(verificationByMail && { emailVerification: verificationByMail }),
  user: {
    validateUserInfo: refuseBesideFactor,
    ...(changeEmailByMail && { changeEmail: changeEmailByMail }),
  },
  // By default an account is linked to a provider's only where both have confirmed the same address.
  socialProviders,
  // In the table stands a hash of each token, so that reading the table opens no account.
  verification: { storeIdentifier: "hashed" },
  // The tRPC router alone changes a user, so that no change escapes its rules. By mail a person proves a new address. The
  // endpoints for the account page end sessions and delete users, without a session's token in the browser.
  disabledPaths: [
    "/update-user",
    "/delete-user",
    "/list-sessions",
    "/revoke-session",
    ...unusedFactorPaths,
    ...unusedPasskeyPaths,
    // The app calls nobody in a person's name, and links an account at a sign-in alone.
    "/link-social",
    "/unlink-account",
    "/list-accounts",
    "/account-info",
    "/get-access-token",
    "/refresh-token",
    ...(changeEmailByMail ? [] : ["/change-email"]),
  ],
  session: {
    expiresIn: idleSessionSeconds,
    freshAge: freshSessionSeconds,
    cookieCache: { enabled: true, maxAge: sessionCacheSeconds },
  },
  rateLimit: {
    enabled: true,
    customStorage: requestLimits,
    window: 10,
    max: 100,
    customRules: {
      // Pages read the session often, and reading the session guesses nothing.
      "/get-session": false,
      // `guarded-proof.ts` counts wrong proofs. Right ones may be many: an office can have one address.
      "/sign-in/email": false,
      "/verify-password": false,
      "/change-password": false,
      "/change-email": false,
      "/account/delete": false,
      "/account/set-password": false,
      // The plugin allows three requests in ten seconds, which two people in an office exceed.
      "/two-factor/*": { window: 10, max: 100 },
      "/sign-up/email": signUpsOfNetwork,
    },
  },
  advanced: {
    ...cookieOptions(origin, secret),
    // The default value has to be set: under a test runner better-auth would skip the check.
    disableOriginCheck: false,
    database: { generateId: () => crypto.randomUUID() },
    // `server.ts` sets this header on every request, and removes what a client has written there.
    ipAddress: { ipAddressHeaders: [addressHeader] },
  },
  databaseHooks: {
    session: {
      create: { after: async (session, context) => noteMade(session, context) },
      delete: {
        before: outlive,
        after: async (session, context) => {
          forget(session.token);
          sessionEnded(session, madeIn(context?.context));
        },
      },
    },
    user: {
      create: {
        before: async (created) => {
          const checked = identity.safeParse(created);
          if (!checked.success)
            throw new APIError("BAD_REQUEST", { message: checked.error.issues[0]?.message });
          // The profile sets the picture, which is an upload.
          return { data: { ...created, ...checked.data, image: null } };
        },
        after: userAdded,
      },
      update: { before: confirmNewAddress, after: userChanged },
    },
    account: {
      create: { before: withoutTokens },
      update: { before: withoutTokens, after: accountChanged },
    },
  },
  // This plugin has to be the last one: it passes the cookies of the plugins before it to the framework.
  plugins: [
    addressRules,
    passwordRules,
    accountEndpoints,
    secondFactor,
    secondFactorRules,
    passkeys,
    passkeyRules,
    sessionRules,
    tanstackStartCookies(),
  ],
});
