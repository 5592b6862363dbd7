import "@tanstack/react-start/server-only";
import { log } from "~/lib/server/log/log";
import { countRepeats } from "~/lib/server/log/repeats";
import { requestContext } from "~/lib/server/log/request-context";

/** The names of the security events. `docs/operations.md` says what to do about each. */
export type SecurityEvent =
  | "sign-up"
  | "sign-in"
  | "sign-in-failed"
  | "limited"
  | "session-ended"
  | "password-changed"
  | "password-reset"
  | "address-confirmed"
  | "address-changed"
  | "second-factor-on"
  | "second-factor-off"
  | "backup-code-used"
  | "backup-codes-renewed"
  | "passkey-added"
  | "passkey-removed"
  | "account-deleted"
  | "auth-refused";

/**
 * Logs a security event with the client's address.
 *
 * @param about the user whom the event concerns, and why the event happened in fixed words. Never an e-mail address, a
 *   token, or any other text that a client sent
 */
export function logSecurity(name: SecurityEvent, about: { user?: string; reason?: string } = {}): void {
  const address = requestContext.getStore()?.address;
  log.info({ event: name, security: true, address, ...about }, name);
}

/**
 * Logs that a limit has refused a request. Refusals of one user, and of all strangers together, are counted for a minute:
 * the line has the address of the first one.
 *
 * @param reason what the limit bounds, in a fixed word
 */
export function logLimited(reason: string, user?: string): void {
  const address = requestContext.getStore()?.address;
  countRepeats(`limited|${reason}|${user ?? ""}`, (repeated) =>
    log.info({ event: "limited", security: true, address, user, reason, repeated }, `limited: ${reason}`),
  );
}
