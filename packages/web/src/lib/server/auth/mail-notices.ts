import "@tanstack/react-start/server-only";
import type { GenericEndpointContext, User } from "better-auth";
import { verifyJWT } from "better-auth/crypto";
import { afterPasswordChange, endResetLinks, forgotUrl } from "~/lib/server/auth/auth-mail";
import { logSecurity } from "~/lib/server/log/security-event";
import {
  addressChanged,
  backupCode,
  newBackupCodes,
  newPasskey,
  removedPasskey,
  secondFactorOff,
  secondFactorOn,
} from "~/lib/server/mail/messages";
import { post } from "~/lib/server/mail/post";

type Person = Pick<User, "id" | "email">;
type Context = GenericEndpointContext | null | undefined;

/** After a row of `account` has changed: tells the person when that was a change of the password. */
export async function accountChanged(_account: unknown, context: Context): Promise<void> {
  if (context?.path !== "/change-password" || !context.context.session) return;
  await passwordSet(context.context.session.user);
}

/** A person has chosen a password, in place of another one or as the first one. */
export async function passwordSet({ id, email }: Person): Promise<void> {
  logSecurity("password-changed", { user: id });
  await afterPasswordChange({ id, email });
}

/**
 * Before a user changes: whoever opens the link in the mail to a new address reads the mails of that address, so the new
 * address is confirmed. better-auth would keep the state of the old address.
 */
export async function confirmNewAddress<Change extends { email?: string | undefined }>(
  change: Change,
  context: Context,
): Promise<{ data: Change & { emailVerified: true } } | undefined> {
  if (context?.path !== "/verify-email" || change.email === undefined) return undefined;
  return { data: { ...change, emailVerified: true } };
}

/** After a user has changed: tells the person when that was a change of the address or of the second factor. */
export async function userChanged(changed: Person, context: Context): Promise<void> {
  if (context?.path === "/verify-email") await addressOpened(changed, context);
  if (context?.path === "/two-factor/verify-totp") await factorChanged(changed, "second-factor-on");
  if (context?.path === "/two-factor/disable") await factorChanged(changed, "second-factor-off");
}

async function factorChanged({ id, email }: Person, event: "second-factor-on" | "second-factor-off") {
  logSecurity(event, { user: id });
  await post(
    email,
    event === "second-factor-on" ? secondFactorOn(forgotUrl()) : secondFactorOff(forgotUrl()),
  );
}

/** A code from the list of backup codes has taken the place of the authenticator app. */
export async function backupCodeUsed({ id, email }: Person): Promise<void> {
  logSecurity("backup-code-used", { user: id });
  await post(email, backupCode(forgotUrl()));
}

/** New backup codes have taken the place of the old ones. */
export async function backupCodesRenewed({ id, email }: Person): Promise<void> {
  logSecurity("backup-codes-renewed", { user: id });
  await post(email, newBackupCodes(forgotUrl()));
}

/** A passkey can open the account now. */
export async function passkeyAdded({ id, email }: Person): Promise<void> {
  logSecurity("passkey-added", { user: id });
  await post(email, newPasskey(forgotUrl()));
}

/** A passkey can no longer open the account. */
export async function passkeyRemoved({ id, email }: Person): Promise<void> {
  logSecurity("passkey-removed", { user: id });
  await post(email, removedPasskey(forgotUrl()));
}

/** A link to an address was opened. Writes to the former address when the address has changed. */
async function addressOpened({ id, email }: Person, context: GenericEndpointContext): Promise<void> {
  const { secret } = context.context;
  // better-auth has checked the token before. The token names the address that the account had.
  const token = await verifyJWT<{ email?: string; updateTo?: string }>(context.query?.token, secret);
  if (!token?.email || token.email === email) {
    logSecurity("address-confirmed", { user: id });
    return;
  }
  logSecurity("address-changed", { user: id });
  // A link that was sent to the former address must not open the account any more.
  await endResetLinks(id);
  await post(token.email, addressChanged());
}
