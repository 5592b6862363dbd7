import "@tanstack/react-start/server-only";
import { passwordLength, userEmail, userName } from "@tracer/core/auth/auth.rules";
import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { tanstackStartCookies } from "better-auth/tanstack-start";
import { Resource } from "sst";
import * as z from "zod/mini";
import { authAdapter } from "~/lib/server/auth/auth-adapter";
import { authLinks } from "~/lib/server/auth/auth-links";
import { cookiePrefix } from "~/lib/server/auth/cookie-prefix";
import { addressHeader } from "~/lib/server/http/client-address";
import { sessionCacheSeconds } from "~/lib/server/limits";
import { logFailure } from "~/lib/server/log-failure";

const { origin, secret } = authLinks(Resource.Site.url, Resource.AuthSecret.value);

/** Ten attempts, then half a minute of quiet: a person in a hurry does not meet it, a guesser does at once. */
const guessing = { window: 30, max: 10 };

/** What a sign-up says of a person, by the rules of the form: better-auth's own are wider. */
const identity = z.object({ name: userName, email: userEmail });

/** better-auth on our own tables: e-mail and password, sessions in cookies, limits counted in the database. */
export const auth = betterAuth({
  appName: "Tracer",
  baseURL: origin,
  secret,
  telemetry: { enabled: false },
  // Its own way of reporting a failure would log whole statements, parameters and password hashes among them.
  onAPIError: { throw: true },
  logger: {
    log: (level, message, ...details) => {
      if (level === "error")
        logFailure("auth", details.find((one) => one instanceof Error) ?? new Error(message));
      else console.warn(`auth: ${message}`);
    },
  },
  database: authAdapter,
  emailAndPassword: {
    enabled: true,
    minPasswordLength: passwordLength.min,
    maxPasswordLength: passwordLength.max,
  },
  // Only the tRPC router changes a user, so that its rules cannot be gone round.
  disabledPaths: ["/update-user", "/change-email", "/delete-user"],
  session: { cookieCache: { enabled: true, maxAge: sessionCacheSeconds } },
  rateLimit: {
    enabled: true,
    // Counted in the database: a function's memory is gone with it, and no two of them share any.
    storage: "database",
    window: 10,
    max: 100,
    customRules: {
      // Reading the session is no attempt at anything, and a page does it often.
      "/get-session": false,
      "/sign-in/email": guessing,
      "/sign-up/email": guessing,
    },
  },
  advanced: {
    cookiePrefix: cookiePrefix(origin, secret),
    // The default, said aloud: otherwise better-auth would leave the check out under a test runner.
    disableOriginCheck: false,
    database: { generateId: () => crypto.randomUUID() },
    // Set by our CloudFront function for every request, whatever the client sent under that name. `x-forwarded-for`
    // begins with what the client likes to put there.
    ipAddress: { ipAddressHeaders: [addressHeader] },
  },
  databaseHooks: {
    user: {
      create: {
        before: async (created) => {
          const checked = identity.safeParse(created);
          if (!checked.success)
            throw new APIError("BAD_REQUEST", { message: checked.error.issues[0]?.message });
          // A picture is set on the profile, where its address is checked.
          return { data: { ...created, ...checked.data, image: null } };
        },
      },
    },
  },
  // Last, since it hands the cookies that the others set to the framework.
  plugins: [tanstackStartCookies()],
});
