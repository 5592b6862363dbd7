import "@tanstack/react-start/server-only";
import { user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import type { BetterAuthOptions } from "better-auth";
import { eq } from "drizzle-orm";
import { Resource } from "sst";
import { providerSettings } from "~/lib/server/auth/provider-settings";
import type { Provider } from "~/lib/wire/provider";

const google = "Google" in Resource ? providerSettings("Google", Resource.Google) : undefined;
const github = "GitHub" in Resource ? providerSettings("GitHub", Resource.GitHub) : undefined;

/** Where else people can sign in: at the providers whose links have a client. */
export const providerNames: readonly Provider[] = [
  ...(google ? ["google" as const] : []),
  ...(github ? ["github" as const] : []),
];

export const socialProviders: BetterAuthOptions["socialProviders"] = {
  ...(google && { google }),
  ...(github && { github }),
};

/** Before a way to sign in is stored: the app calls nobody in a person's name, so the provider's tokens are dropped. */
export async function withoutTokens<Account>(account: Account) {
  return { data: { ...account, accessToken: null, refreshToken: null, idToken: null } };
}

type Validate = NonNullable<NonNullable<BetterAuthOptions["user"]>["validateUserInfo"]>;

/**
 * Refuses a sign-in elsewhere for an account with a second factor: a provider may ask for less than the account does. So
 * the rule is simple: with a second factor, the password and a code open the account.
 */
export const refuseBesideFactor: Validate = async ({ user: { id } }) => {
  if (!id) return undefined;
  const [found] = await db.select({ isOn: user.twoFactorEnabled }).from(user).where(eq(user.id, id));
  return found?.isOn ? { error: "second_factor" } : undefined;
};
