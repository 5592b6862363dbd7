import { expect, inject } from "vitest";

/** A mail that the app has sent. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The mails that were sent to an address, the newest first. */
export async function mailsTo(address: string): Promise<SentMail[]> {
  const mails: SentMail[] = await (await fetch(`${inject("outboxUrl")}/mails.json`)).json();
  return mails.filter(({ to }) => to === address);
}

/** Waits for a mail, which leaves in the background. */
export async function mailTo(address: string, subject: string): Promise<SentMail> {
  const find = async () => (await mailsTo(address)).find((mail) => mail.subject === subject);
  await expect.poll(find, { timeout: 5_000 }).toBeDefined();
  const mail = await find();
  if (!mail) throw new Error(`The mail "${subject}" has gone again.`);
  return mail;
}

/** The token in the link of a mail. */
export function tokenIn({ text }: SentMail): string {
  return /#(?:approve=)?(\S+)/.exec(text)?.[1] ?? "";
}
