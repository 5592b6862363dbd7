import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectAccessibleThemes } from "../src/accessible.ts";
import { expect, expectProfile, openTab, signIn, test, wakePolls } from "../src/test.ts";

/** Opens the account page from the profile. */
async function openAccount(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Password, devices and your data" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
  await expect(page.getByText("This device")).toBeVisible();
}

const devices = (page: Page) => page.getByRole("list", { name: "Devices" }).getByRole("listitem");

test("a sign-in on another device appears by itself, and can be ended", async ({
  page,
  newBrowser,
  signUp,
  sql,
}) => {
  await page.clock.install();
  const ada = await signUp(page);
  await openAccount(page);
  await expect(devices(page)).toHaveCount(1);
  const other = await (await newBrowser()).newPage();
  await other.goto("/sign-in");
  await signIn(other, ada);
  await expectProfile(other, ada.name);
  // The page asks for the list every ten seconds.
  await page.clock.fastForward(10_000);
  await expect(devices(page)).toHaveCount(2);
  await expect(devices(page).nth(1)).toContainText("Chrome on Windows");

  await devices(page)
    .nth(1)
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(devices(page)).toHaveCount(1);
  await wakePolls(sql, ada.email);
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(other.getByRole("status")).toHaveText("You were signed out. Sign in again.");
});

test("no token of a session reaches the page", async ({ page, signUp, sql }) => {
  const ada = await signUp(page);
  const bodies: string[] = [];
  page.on("response", async (answer) => {
    if (answer.url().includes("/api/auth/account/")) bodies.push(await answer.text());
  });
  await openAccount(page);
  await expect.poll(() => bodies.length).toBeGreaterThan(0);
  const { rows } = await sql.query(
    'select token from session join "user" on "user".id = user_id where email = $1',
    [ada.email],
  );
  for (const { token } of rows) expect(bodies.join()).not.toContain(token);
  for (const path of ["list-sessions", "revoke-session"])
    expect((await page.request.get(`/api/auth/${path}`)).status()).toBe(404);
});

test("a new password signs out other devices, and the old password no longer works", async ({
  page,
  newBrowser,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const other = await (await newBrowser()).newPage();
  await other.goto("/sign-in");
  await signIn(other, ada);
  await expectProfile(other, ada.name);

  await openAccount(page);
  await page.getByLabel("Current password", { exact: true }).fill("not my password");
  await page.getByLabel("New password", { exact: true }).fill("password");
  await expect(page.getByText("This password is one of the commonest.")).toBeVisible();
  const submit = page.getByRole("button", { name: "Change password" });
  await submit.click();
  await expect(page.getByLabel("New password", { exact: true })).toBeFocused();
  await page.getByLabel("New password", { exact: true }).fill("a staple for batteries");
  await submit.click();
  await expect(page.getByText("This is not your password.")).toBeVisible();
  await page.getByLabel("Current password", { exact: true }).fill(ada.password);
  await submit.click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();

  await wakePolls(sql, ada.email);
  await expect(other).toHaveURL(/\/sign-in/);
  await signIn(other, ada);
  await expect(other.getByRole("alert")).toContainText("do not match");
  await signIn(other, { ...ada, password: "a staple for batteries" });
  await expectProfile(other, ada.name);
});

test("a person downloads their data", async ({ page, signUp }) => {
  const ada = await signUp(page);
  await openAccount(page);
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my data" }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^my-data-\d{4}-\d\d-\d\d\.json$/);
  const data = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(data.tables.users).toEqual([expect.objectContaining({ email: ada.email, name: ada.name })]);
  expect(data.sessions).toHaveLength(1);
});

test("a person deletes their account with the password, and every tab shows the landing page", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const tab = await openTab(context, ada.name);
  await openAccount(page);
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel("Password", { exact: true }).fill("not my password");
  await dialog.getByRole("button", { name: "Delete for ever" }).click();
  await expect(dialog.getByText("This is not your password.")).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(ada.password);
  await dialog.getByRole("button", { name: "Delete for ever" }).click();

  for (const open of [page, tab]) await expect(open).toHaveURL(/\/$/);
  expect((await sql.query('select 1 from "user" where email = $1', [ada.email])).rowCount).toBe(0);
  await page.goto("/sign-in");
  await signIn(page, ada);
  await expect(page.getByRole("alert")).toContainText("do not match");
});

test("the form for a new account says how strong the password is, and why the server refuses it", async ({
  page,
}) => {
  const scripts: string[] = [];
  page.on("response", (answer) => void scripts.push(answer.url()));
  await page.goto("/sign-in?mode=sign-up");
  await expect(page.getByRole("button", { name: "Create account" })).toBeEnabled();
  const password = page.getByLabel("Password", { exact: true });
  expect(scripts.join()).not.toContain("password-strength");
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill("countess.of.lovelace@example.com");
  await password.fill("zebra-lemon-quartz-violin");
  await expect(page.getByText(/Strength: (very )?strong\./)).toBeVisible();
  await password.fill("AdaLovelace1815");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Leave your name and your e-mail address out")).toBeVisible();
  await expect(password).toBeFocused();
  await expect(password).toHaveAttribute("aria-invalid", "true");
});

test("the account page is accessible and fits on a phone with both themes", async ({ page, signUp }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signUp(page);
  await openAccount(page);
  await expectAccessibleThemes(page);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Enter your password.")).toBeVisible();
  await expectAccessibleThemes(page);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("dialog", { name: "Delete your account?" })).toBeVisible();
  await expectAccessibleThemes(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Delete my account" })).toBeFocused();
});
