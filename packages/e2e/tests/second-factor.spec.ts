import type { Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import { expectFits } from "../src/accessible.ts";
import { expect, expectProfile, signIn, test, typeName, wakePolls } from "../src/test.ts";

/** Sets an authenticator app up with the secret that the page shows as text. */
async function appWith(page: Page): Promise<TOTP> {
  const secret = (await page.locator("code").innerText()).replaceAll(" ", "");
  return new TOTP({ secret: Secret.fromBase32(secret) });
}

/** The code of the next half minute, which the server takes too. The one of this half minute was used before. */
const nextCode = (app: TOTP) => app.generate({ timestamp: Date.now() + 30_000 });

test("with a second factor, the password alone leads to a second step, and a code to the page that was asked for", async ({
  page,
  newBrowser,
  signUp,
}) => {
  const ada = await signUp(page);
  await page.goto("/account");
  const section = page.getByRole("region", { name: "Second factor", exact: true });
  await section.getByRole("button", { name: "Turn on" }).click();
  await section.getByLabel("Your password").fill("not my password");
  await section.getByRole("button", { name: "Go on" }).click();
  await expect(section.getByText("This is not your password.")).toBeVisible();
  await section.getByLabel("Your password").fill(ada.password);
  await section.getByRole("button", { name: "Go on" }).click();
  await expect(section.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  await expectFits(page);
  const app = await appWith(page);
  await section.getByLabel("Code", { exact: true }).fill("000 000");
  await section.getByRole("button", { name: "Turn on the second factor" }).click();
  await expect(section.getByRole("alert").filter({ hasText: "This code does not fit" })).toBeVisible();
  await section.getByLabel("Code", { exact: true }).fill(app.generate());
  await section.getByRole("button", { name: "Turn on the second factor" }).click();

  await expect(section.getByRole("list", { name: "Backup codes" }).getByRole("listitem")).toHaveCount(10);
  await expectFits(page);
  await section.getByRole("button", { name: "I have kept the codes" }).click();
  await expect(section.getByText("10 backup codes are left.")).toBeVisible();
  await expectFits(page);

  const other = await (await newBrowser()).newPage();
  await other.goto("/account");
  await signIn(other, ada);
  await expect(other.getByRole("heading", { level: 1, name: "One more step" })).toBeVisible();
  await expectFits(other);
  const guarded = await other.request.get("/account", { maxRedirects: 0 });
  expect([guarded.status(), guarded.headers().location]).toEqual([307, "/sign-in?redirect=%2Faccount"]);
  await other.getByLabel("Code", { exact: true }).fill("123");
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other.getByText("Enter the six digits that the app shows.")).toBeVisible();
  await expectFits(other);
  await other.getByLabel("Code", { exact: true }).fill(nextCode(app));
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other).toHaveURL(/\/account$/);

  // A browser that is signed in already has no second step.
  await other.goto("/second-step");
  await expectProfile(other, ada.name);
});

test("a backup code signs in from the page and from the dialog over unsaved text, and the password turns the factor off", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await page.goto("/account");
  const section = page.getByRole("region", { name: "Second factor", exact: true });
  await section.getByRole("button", { name: "Turn on" }).click();
  await section.getByLabel("Your password").fill(ada.password);
  await section.getByRole("button", { name: "Go on" }).click();
  await expect(section.locator("code")).toBeVisible();
  await section.getByLabel("Code", { exact: true }).fill((await appWith(page)).generate());
  await section.getByRole("button", { name: "Turn on the second factor" }).click();
  const download = page.waitForEvent("download");
  await section.getByRole("link", { name: "Download the codes" }).click();
  expect((await download).suggestedFilename()).toBe("backup-codes.txt");
  const [first = "", second = ""] = await section
    .getByRole("list", { name: "Backup codes" })
    .getByRole("listitem")
    .allInnerTexts();
  await section.getByRole("button", { name: "I have kept the codes" }).click();

  await page.getByRole("link", { name: "Back to your profile" }).click();
  await typeName(page, "Ada Byron");
  await sql.query('delete from session using "user" where "user".id = user_id and email = $1', [ada.email]);
  await wakePolls(sql, ada.email);
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password", { exact: true }).fill(ada.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await dialog.getByRole("button", { name: "Use a backup code" }).click();
  await expectFits(page);
  await dialog.getByLabel("Backup code").fill(first);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Save" }).click();
  await expectProfile(page, "Ada Byron");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/sign-in");
  await signIn(page, ada);
  await page.getByRole("button", { name: "Use a backup code" }).click();
  await page.getByLabel("Backup code").fill(first);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("This is none of your backup codes")).toBeVisible();
  await page.getByLabel("Backup code").fill(second);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expectProfile(page, "Ada Byron");

  await page.goto("/account");
  await expect(section.getByText("8 backup codes are left.")).toBeVisible();
  await section.getByRole("button", { name: "Turn off" }).click();
  await section.getByLabel("Your password").fill(ada.password);
  await section.getByRole("button", { name: "Turn off the second factor" }).click();
  await expect(section.getByRole("button", { name: "Turn on" })).toBeFocused();
});
