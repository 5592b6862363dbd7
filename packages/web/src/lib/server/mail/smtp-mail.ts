import { createTransport } from "nodemailer";
import type { Mail } from "~/lib/server/mail/mail";
import type { MailSettings } from "~/lib/server/mail/mail-link";

/** How long the mail server may be silent, in milliseconds. On Lambda the person waits for as long. */
const patience = 8_000;

/**
 * Sends mail through an SMTP server, with a connection for each mail. A mail that fails is not sent again.
 *
 * A server on another machine must speak TLS, so that nobody on the way reads the links in the mails.
 */
export function smtpMail({ url, from }: Pick<MailSettings, "url" | "from">): Mail {
  const transport = createTransport({
    url,
    requireTLS: !isThisMachine(new URL(url).hostname),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, ...message }) {
      // As an object the address stays one address, whatever characters the address holds.
      await transport.sendMail({ from, to: { name: "", address: to }, ...message });
    },
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}
