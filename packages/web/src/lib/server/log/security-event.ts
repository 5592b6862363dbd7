import "@tanstack/react-start/server-only";
import { log } from "~/lib/server/log/log";
import { requestContext } from "~/lib/server/log/request-context";

/** The names of the security events. `docs/operations.md` says what to do about each. */
export type SecurityEvent =
  | "sign-up"
  | "sign-in"
  | "sign-in-failed"
  | "attempts-limited"
  | "session-ended"
  | "password-changed"
  | "password-reset"
  | "address-confirmed"
  | "address-changed"
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
