import { randomUUID } from "node:crypto";
import { expectFits } from "../src/accessible.ts";
import { linkInMail } from "../src/outbox.ts";
import { startSecondWeb } from "../src/second-web.ts";
import { expect, expectProfile, signIn, test } from "../src/test.ts";

// What a person does by mail, with a browser that reads the outbox.

test("the profile says that the address is not confirmed until the link in the mail is opened", async ({
  app,
  page,
  context,
  signUp,
}) => {
  const { email } = await signUp(page);
  await expect(page.getByText("Address not confirmed")).toBeVisible();
  await expectFits(page);
  await page.getByRole("button", { name: "Send the mail again" }).click();
  await expect(page.getByText("Look into your mail.")).toBeVisible();

  const mail = await context.newPage();
  const { outboxUrl } = app.stack;
  const link = await linkInMail(mail, outboxUrl, { to: email, subject: "Confirm your e-mail address" });
  await expectFits(mail);
  await mail.goto(link);
  await expect(mail.getByRole("heading", { name: "Your address is confirmed" })).toBeFocused();
  await expectFits(mail);
  expect(mail.url()).toBe(`${app.url}/confirm-address`);
  // The row is live, so the open profile hears of the confirmation.
  await expect(page.getByText("Address not confirmed")).toBeHidden();
});

test("a forgotten password is replaced, other browsers are signed out, and the link works once", async ({
  app,
  page,
  newBrowser,
  signUp,
}) => {
  const person = await signUp(page);
  const other = await (await newBrowser()).newPage();
  await other.goto("/sign-in");
  await expectFits(other);
  await other.getByRole("link", { name: "Forgot your password?" }).click();
  await expectFits(other);
  await other.getByLabel("Email").fill(person.email);
  await other.getByRole("button", { name: "Send the link" }).click();
  await expect(other.getByRole("heading", { name: "Look into your mail" })).toBeFocused();
  await expectFits(other);

  const subject = "Choose a new password";
  const link = await linkInMail(other, app.stack.outboxUrl, { to: person.email, subject });
  await other.goto(link);
  await expect(other).toHaveURL(`${app.url}/reset-password`);
  await expectFits(other);
  await other.getByLabel("Password", { exact: true }).fill("another horse battery");
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByRole("heading", { name: "Your password is changed" })).toBeFocused();
  await other.getByRole("link", { name: "Sign in" }).last().click();
  await signIn(other, { ...person, password: "another horse battery" });
  await expectProfile(other, person.name);

  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(link);
  await page.getByLabel("Password", { exact: true }).fill("a third horse battery");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeFocused();
  await expectFits(page);
});

test("a page of a link from a mail that was opened without the link says so", async ({ page }) => {
  for (const path of ["/confirm-address", "/reset-password", "/confirm-address#not-a-token"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
  }
});

test("a change of the address is approved by a press of the button and not by opening the link", async ({
  app,
  page,
  context,
  signUp,
}) => {
  const { email, password } = await signUp(page);
  const { outboxUrl } = app.stack;
  const mail = await context.newPage();
  await mail.goto(await linkInMail(mail, outboxUrl, { to: email, subject: "Confirm your e-mail address" }));
  await expect(mail.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  const next = `new-${email}`;
  await page.request.post("/api/auth/change-email", {
    data: { newEmail: next, password },
    headers: { origin: app.url },
  });

  await mail.goto(await linkInMail(mail, outboxUrl, { to: email, subject: "Approve a new e-mail address" }));
  await expect(mail.getByRole("heading", { name: "Do you want to change your address?" })).toBeFocused();
  await expectFits(mail);
  await mail.getByRole("button", { name: "Approve the change" }).click();
  await expect(mail.getByRole("heading", { name: "One more step" })).toBeFocused();
  await mail.goto(await linkInMail(mail, outboxUrl, { to: next, subject: "Confirm your e-mail address" }));
  await expect(mail.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await expect(page.getByText(next)).toBeVisible();
});

test("where a confirmed address is required, signing up leads to the mail, and the log holds no address", async ({
  app,
  browser,
}) => {
  await using web = await startSecondWeb(app, { links: { Mail: { verification: "required" } } });
  const context = await browser.newContext({ baseURL: web.url });
  const page = await context.newPage();
  const person = { name: "Ada", email: `${randomUUID()}@example.com`, password: "correct horse battery" };
  await page.goto("/sign-in?mode=sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeFocused();
  await expectFits(page);
  await page.goto("/sign-in");
  await signIn(page, person);
  await expect(page.getByText("Your address is not confirmed yet.")).toBeVisible();

  const subject = "Confirm your e-mail address";
  const link = await linkInMail(page, app.stack.outboxUrl, { to: person.email, subject });
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeFocused();
  await page.getByRole("link", { name: "Open your profile" }).click();
  await signIn(page, person);
  await expectProfile(page, person.name);
  await web.log.of("address-confirmed", 1);
  const [, token = ""] = link.split("#");
  expect(token.length).toBeGreaterThan(20);
  expect(web.log.text()).not.toContain(token);
  expect(web.log.text()).not.toContain("@example.com");
  await context.close();
});
