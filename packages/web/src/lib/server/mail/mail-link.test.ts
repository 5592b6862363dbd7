import { expect, test } from "vitest";
import { mailSettings } from "~/lib/server/mail/mail-link";

const link = {
  url: "smtps://user:secret@smtp.example.com",
  from: "App <app@example.com>",
  verification: "asked",
};

test("a complete link is taken as it is", () => {
  expect(mailSettings(link)).toEqual(link);
});

test.for([
  [{ url: "https://user:secret@example.com" }, "Link Mail: its url is not an address"],
  [{ from: "nobody" }, "Link Mail: its sender has no e-mail address."],
  [{ verification: "sometimes" }, `Link Mail: its verification is neither "asked" nor "required".`],
] as const)("with %j the server does not start, and says why without the password", ([wrong, message]) => {
  const start = () => mailSettings({ ...link, ...wrong });
  expect(start).toThrow(message);
  expect(start).not.toThrow("secret");
});
