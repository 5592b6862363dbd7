import Bowser from "bowser";

/**
 * Says in words with what a person signed in, such as "Firefox on Windows". The words are for the person alone: a client
 * may claim to be anything.
 *
 * @param userAgent the `user-agent` header of the sign-in
 */
export function deviceWords(userAgent: string | null): string {
  if (!userAgent) return "Unknown device";
  const { browser, os } = Bowser.parse(userAgent);
  if (browser.name && os.name) return `${browser.name} on ${os.name}`;
  return browser.name || os.name || "Unknown device";
}
