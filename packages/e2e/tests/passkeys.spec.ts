import type { Page } from "@playwright/test";
import { expectFits } from "../src/accessible.ts";
import { linkInMail } from "../src/outbox.ts";
import { endSession, expect, expectProfile, signIn, test, typeName } from "../src/test.ts";

/**
 * Gives the browser a device that keeps passkeys.
 *
 * @returns a function that says whether the device is unlocked by its holder from now on
 */
async function deviceOf(page: Page): Promise<(isUnlocked: boolean) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return async (isUserVerified) => {
    await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  };
}

/** Adds a passkey on the page of the account, which first asks for a name. Gives the section and the entry of the passkey. */
async function addPasskey(page: Page, name: string) {
  await page.goto("/account");
  const section = page.getByRole("region", { name: "Passkeys" });
  const add = section.getByRole("button", { name: "Add a passkey" });
  await add.click();
  await expect(section.getByText("Name the passkey.")).toBeVisible();
  await section.getByLabel("Name of the passkey").fill(name);
  await add.click();
  const entry = section.getByRole("list", { name: "Passkeys" }).getByText(name);
  await expect(entry).toBeVisible();
  return { section, entry };
}

test("a passkey signs in without the password and without a second step, until it is removed", async ({
  app,
  page,
  context,
  signUp,
  sql,
}) => {
  const unlock = await deviceOf(page);
  const ada = await signUp(page);
  // Whoever has a second factor is asked for no code after a passkey.
  await sql.query('update "user" set two_factor_enabled = true where email = $1', [ada.email]);
  const { section, entry } = await addPasskey(page, "My laptop");
  await expectFits(page);

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/sign-in");
  const byPasskey = page.getByRole("button", { name: "Sign in with a passkey" });
  await unlock(false);
  await byPasskey.click();
  await expect(page.getByText("The passkey was not used.")).toBeVisible();
  await expectFits(page);
  await unlock(true);
  const answer = page.waitForResponse((one) => one.url().endsWith("/passkey/verify-authentication"));
  await byPasskey.click();
  expect(await (await answer).json()).toEqual({ signedIn: true });
  await expectProfile(page, ada.name);

  await page.goto("/account");
  await section.getByRole("button", { name: "Remove My laptop" }).click();
  await expect(entry).toBeHidden();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/sign-in");
  await byPasskey.click();
  await expect(page.getByRole("alert").filter({ hasText: /\w/ })).toBeVisible();
  await signIn(page, ada);
  await expect(page.getByRole("heading", { level: 1, name: "One more step" })).toBeVisible();

  const mail = await context.newPage();
  for (const subject of ["Your account has a new passkey", "A passkey was removed"])
    await linkInMail(mail, app.stack.outboxUrl, { to: ada.email, subject });
});

test("a passkey signs in again on a page that stayed with unsaved text", async ({ page, signUp, sql }) => {
  const unlock = await deviceOf(page);
  const ada = await signUp(page);
  await addPasskey(page, "My laptop");

  await page.goto("/profile");
  await expectProfile(page, ada.name);
  await typeName(page, "Typed before the end");
  await endSession(page, sql, ada.email);
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  const byPasskey = dialog.getByRole("button", { name: "Sign in with a passkey" });
  await unlock(false);
  await byPasskey.click();
  await expect(dialog.getByText("The passkey was not used.")).toBeVisible();
  await expectFits(page);
  await unlock(true);
  await byPasskey.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("Name")).toHaveValue("Typed before the end");
  await page.getByRole("button", { name: "Save" }).click();
  await expectProfile(page, "Typed before the end");
});
