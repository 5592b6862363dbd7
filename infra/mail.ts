import { isProduction, mailSender } from "./stage.ts";

// SES in the region of the function, by SMTP over TLS.
const host = "email-smtp.us-east-1.amazonaws.com";

/** How the app sends mail. Undefined when the stage names no sender. */
export const mail = mailSender === undefined ? undefined : mailFrom(mailSender);

function mailFrom(sender: string) {
  const { name, secret } = smtpPassword(addressOf(sender));
  const password = $util.output(secret).apply(encodeURIComponent);
  return new sst.Linkable("Mail", {
    properties: {
      url: $util.secret($interpolate`smtps://${name}:${password}@${host}:465`),
      from: sender,
      // With a required confirmation, a sign-up does not tell who has an account. Other stages let people try the app.
      verification: isProduction ? "required" : "asked",
    },
  });
}

/** Makes a user of AWS that may send mail from one address, and do nothing else. SMTP takes no role. */
function smtpPassword(address: string) {
  const user = new aws.iam.User("MailUser", { forceDestroy: true });
  new aws.iam.UserPolicy("MailPolicy", {
    user: user.name,
    policy: $jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "ses:SendRawEmail",
          Resource: "*",
          Condition: { StringEquals: { "ses:FromAddress": address } },
        },
      ],
    }),
  });
  const key = new aws.iam.AccessKey("MailKey", { user: user.name });
  return { name: key.id, secret: key.sesSmtpPasswordV4 };
}

/** The address in a sender such as `Tracer <mail@example.com>`. */
function addressOf(sender: string): string {
  const [, address = sender] = /<([^<>]+)>$/.exec(sender) ?? [];
  if (!/^[^\s@]+@[^\s@]+$/.test(address))
    throw new Error(`TRACER_MAIL_FROM holds no e-mail address: "${sender}".`);
  return address;
}
