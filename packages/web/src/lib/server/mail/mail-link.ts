import { Resource } from "sst";
import * as z from "zod/mini";

const settings = z.object({
  url: z.url({
    protocol: /^smtps?$/,
    error: "Link Mail: its url is not an address such as smtps://user:password@smtp.example.com.",
  }),
  from: z.string().check(z.regex(/@/, "Link Mail: its sender has no e-mail address.")),
  verification: z.enum(["asked", "required"], {
    error: `Link Mail: its verification is neither "asked" nor "required".`,
  }),
});

/**
 * How the app sends mail.
 *
 * - `url`: the SMTP server, with the name and the password for it
 * - `from`: the sender of every mail, such as `Tracer <mail@example.com>`
 * - `verification`: whether a person can use an account before the person has confirmed the e-mail address. With
 *   `required`, a sign-up does not tell whether an address has an account
 */
export type MailSettings = z.output<typeof settings>;

/**
 * Checks the link of the mail, so that a wrong link stops the server at the start.
 *
 * @throws Error that names what is wrong, and holds no part of the link
 */
export function mailSettings(link: unknown): MailSettings {
  const checked = settings.safeParse(link);
  if (!checked.success) throw new Error(checked.error.issues[0]?.message);
  return checked.data;
}

/** The settings of the mail. Undefined in a deployment that sends no mail and shows nothing that needs mail. */
export const mailLink = "Mail" in Resource ? mailSettings(Resource.Mail) : undefined;
