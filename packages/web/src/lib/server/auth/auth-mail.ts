import "@tanstack/react-start/server-only";
import { user, verification } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import type { BetterAuthOptions } from "better-auth";
import { eq } from "drizzle-orm";
import { Resource } from "sst";
import { logSecurity } from "~/lib/server/log/security-event";
import { mailLink } from "~/lib/server/mail/mail-link";
import {
  alreadyHasAccount,
  approveNewAddress,
  confirmAddress,
  passwordChanged,
  resetPassword,
} from "~/lib/server/mail/messages";
import { post, postAsked } from "~/lib/server/mail/post";

// What better-auth does by mail. Without the link `Mail` every part is undefined, and better-auth offers none of it.
//
// The links in the mails lead to pages of the app. The token stands behind a `#`, which browsers send to no server.

/** How long the links in mails work, in seconds. */
const linkSeconds = 3600;

const pageUrl = (path: string) => new URL(path, Resource.Site.url).href;

/** Where a person who does not know the password, or must change it, goes. */
export const forgotUrl = () => pageUrl("/forgot-password");

/** A forgotten password, and sign-ups that do not tell who has an account. */
export const passwordByMail =
  mailLink &&
  ({
    requireEmailVerification: mailLink.verification === "required",
    resetPasswordTokenExpiresIn: linkSeconds,
    sendResetPassword: ({ user, token }) =>
      postAsked(user.email, resetPassword(pageUrl(`/reset-password#${token}`))),
    onPasswordReset: ({ user }) => passwordReset(user),
    onExistingUserSignUp: ({ user }) =>
      postAsked(user.email, alreadyHasAccount(pageUrl("/sign-in"), forgotUrl())),
  } satisfies Partial<BetterAuthOptions["emailAndPassword"]>);

/** The confirmation of the address after a sign-up, and of a new address. */
export const verificationByMail =
  mailLink &&
  ({
    expiresIn: linkSeconds,
    sendOnSignUp: true,
    sendOnSignIn: true,
    sendVerificationEmail: ({ user, token }) =>
      postAsked(user.email, confirmAddress(pageUrl(`/confirm-address#${token}`))),
  } satisfies BetterAuthOptions["emailVerification"]);

/**
 * A change of the address. The reader of the present address approves the change, and the reader of the new address
 * confirms the address. An address that was never confirmed approves nothing, since it may be mistyped.
 */
export const changeEmailByMail =
  mailLink &&
  ({
    enabled: true,
    sendChangeEmailConfirmation: ({ user, token }) =>
      postAsked(user.email, approveNewAddress(pageUrl(`/confirm-address#approve=${token}`))),
  } satisfies NonNullable<BetterAuthOptions["user"]>["changeEmail"]);

/** Who has opened the link in the mail reads the mails of the address, so the address is confirmed as well. */
async function passwordReset({ id, email, emailVerified }: Account): Promise<void> {
  logSecurity("password-reset", { user: id });
  if (!emailVerified) await db.update(user).set({ emailVerified: true }).where(eq(user.id, id));
  await afterPasswordChange({ id, email });
}

type Account = Pick<typeof user.$inferSelect, "id" | "email" | "emailVerified">;

/** Tells the owner of an account that the password was changed. Links for a new password that are under way end. */
export async function afterPasswordChange({ id, email }: Pick<Account, "id" | "email">): Promise<void> {
  await endResetLinks(id);
  await post(email, passwordChanged(forgotUrl()));
}

/** Ends the links for a new password that were sent to a user. */
export async function endResetLinks(userId: string): Promise<void> {
  await db.delete(verification).where(eq(verification.value, userId));
}
