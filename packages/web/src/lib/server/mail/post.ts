import "@tanstack/react-start/server-only";
import { finishBeforeStop } from "~/lib/server/http/stopping";
import { log } from "~/lib/server/log/log";
import { countRepeats } from "~/lib/server/log/repeats";
import type { Mail, Message } from "~/lib/server/mail/mail";
import { mayMail } from "~/lib/server/mail/mail-limit";
import { mailLink } from "~/lib/server/mail/mail-link";
import { smtpMail } from "~/lib/server/mail/smtp-mail";

const mail: Mail | undefined = mailLink && smtpMail(mailLink);

/**
 * Sends a message to an address, in the background: what the person has asked for does not fail with the mail, and the
 * time of the answer does not tell whether there was a mail. A Lambda function is frozen as soon as the answer has been
 * sent, so there the promise waits for the mail server.
 *
 * A failure is logged without the address.
 */
export async function post(to: string, message: Message): Promise<void> {
  await inBackground(message, () => mail?.send({ to, ...message }));
}

/**
 * Sends a message as {@link post} does, when a stranger can cause the mail by naming the address. Of each kind, an address
 * gets only so many mails in an hour. What is beyond the limit is left out in silence, so that the answer tells no stranger
 * whether there was a mail.
 */
export async function postAsked(to: string, message: Message): Promise<void> {
  await inBackground(message, async () => {
    if (await mayMail(to, message.subject)) await mail?.send({ to, ...message });
  });
}

async function inBackground({ subject }: Message, send: () => Promise<void> | undefined): Promise<void> {
  if (!mail) return;
  const sent = Promise.resolve(send()).catch((error: unknown) => logFailed(subject, error));
  finishBeforeStop(sent);
  if (import.meta.env.TRACER_BUILD === "lambda") await sent;
}

/**
 * Logs that a mail could not be sent. The message of the error is left out, because mail servers repeat the address in
 * what they say.
 *
 * @param subject fixed words, which name the kind of the mail
 */
function logFailed(subject: string, error: unknown): void {
  const code = fieldOf(error, "code");
  const answer = fieldOf(error, "responseCode");
  countRepeats(`mail|${subject}|${code}|${answer}`, (repeated) =>
    log.error({ event: "mail-failed", subject, code, answer, repeated }, "mail-failed"),
  );
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}
