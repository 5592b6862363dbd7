import "@tanstack/react-start/server-only";
import { Resource } from "sst";
import { keyedHash } from "~/lib/server/keyed-hash";
import { mailsAsked } from "~/lib/server/limits";
import { takeAttempt } from "~/lib/server/load/buckets";
import { logLimited } from "~/lib/server/log/security-event";

/**
 * Counts a mail that somebody has asked for. The senders are not counted, because many of them can flood one mailbox.
 *
 * @param kind the subject. A flood of one kind, such as of sign-ups, keeps no mail of another kind away
 * @returns false when the mailbox has had enough of this kind
 */
export async function mayMail(to: string, kind: string): Promise<boolean> {
  // The table of the limits holds no address in the clear.
  const key = `mails:${keyedHash(Resource.AuthSecret.value, `mail|${kind}|${mailboxOf(to)}`)}`;
  const wait = await takeAttempt([{ key, ...mailsAsked }]);
  if (wait !== undefined) logLimited("mails");
  return wait === undefined;
}

/** Mail to `ada+anything@example.com` reaches the mailbox of `ada@example.com` at most providers. */
function mailboxOf(address: string): string {
  const at = address.lastIndexOf("@");
  const [name = ""] = address.slice(0, at).split("+");
  return (name + address.slice(at)).toLowerCase();
}
