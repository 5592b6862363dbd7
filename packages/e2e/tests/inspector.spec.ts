import type { Page } from "@playwright/test";
import { expectAccessible, expectAccessibleThemes } from "../src/accessible.ts";
import { expect, expectProfile, expectSync, openTab, rename, signIn, test } from "../src/test.ts";

const inspectorOf = (page: Page) => page.getByRole("complementary", { name: "Inspector" });

/** Opens the profile with the inspector, and waits until the inspector sees the shape live. */
async function inspect(page: Page, name: string): Promise<void> {
  await page.goto("/profile?inspect");
  await expectProfile(page, name);
  await expect(inspectorOf(page).getByRole("button", { name: "Drop the shape users" })).toBeEnabled();
}

/** The row of a moment in the timeline of the chosen write. */
const momentOf = (page: Page, name: string) =>
  inspectorOf(page).getByRole("row", { name: new RegExp(`^${name}`) });

/** The scripts that the page has loaded and whose names match. */
const scriptsOf = (page: Page, pattern: RegExp) =>
  page.evaluate(
    (source) =>
      performance.getEntriesByType("resource").filter(({ name }) => new RegExp(source).test(name)).length,
    pattern.source,
  );

test("the inspector opens for a signed-in person alone, and nothing of it is loaded before", async ({
  page,
  signUp,
}) => {
  const person = await signUp(page);
  // What the page loads when the browser is idle has come.
  await expect.poll(() => scriptsOf(page, /profile-form.*\.js$/)).toBe(1);
  expect(await scriptsOf(page, /inspector/)).toBe(0);
  await page.context().clearCookies();
  await page.goto("/profile?inspect");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(inspectorOf(page)).toBeHidden();
  expect(await scriptsOf(page, /inspector/)).toBe(0);

  await signIn(page, person);
  await expectProfile(page, "Ada Lovelace");
  await expect(inspectorOf(page)).toBeVisible();
  expect(await scriptsOf(page, /inspector.*\.js$/)).toBe(1);
  await inspectorOf(page).getByRole("button", { name: "Close" }).click();
  await expect(inspectorOf(page)).toBeHidden();
  await expect(page).toHaveURL(/\/profile$/);
});

test("a write shows its way to the confirmation, with its txid in Postgres and what another tab saw", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const { email } = await signUp(page);
  await inspect(page, "Ada Lovelace");
  const other = await openTab(context, "Ada Lovelace");
  const watching = await context.newPage();
  await inspect(watching, "Ada Lovelace");
  await page.bringToFront();
  await expect(inspectorOf(page).getByText("2 other tabs")).toBeVisible();
  // The tab without an inspector has been asked to report what it sees.
  await expect.poll(() => scriptsOf(other, /witness.*\.js$/)).toBe(1);

  await rename(page, "Ada King");
  for (const moment of ["Queued", "Shown", "Sent", "Committed", "Answered", "At the server", "On the line"])
    await expect(momentOf(page, moment)).toContainText(/\+[\d.]+ m?s/);
  await expect(momentOf(page, "In the replication stream")).toContainText(/[\dA-F]+\/[\dA-F]+/);
  await expect(momentOf(page, "Confirmed")).toContainText(/\+[\d.]+ m?s/);
  await expect(momentOf(page, "Seen in another tab")).toHaveCount(2);
  const { rows } = await sql.query(`select xmin::text as txid from "user" where email = $1`, [email]);
  await expect(
    inspectorOf(page).getByText(`An edit of this tab, transaction ${rows[0].txid}.`),
  ).toBeVisible();
  // The dot has gone its way, slowed down for the eye.
  await expect(inspectorOf(page).locator("[data-station=collection]")).toBeAttached();

  await expect(inspectorOf(watching).getByText(`transaction ${rows[0].txid}.`)).toContainText(
    "A change from another tab",
  );
});

test("a lost answer has the edit sent again and saved once, and an edit made offline waits", async ({
  page,
  signUp,
  sql,
}) => {
  const { email } = await signUp(page);
  await inspect(page, "Ada Lovelace");
  const fault = (name: string) => inspectorOf(page).getByRole("button", { name, exact: true });

  await fault("Lose the next answer").click();
  await rename(page, "Ada King");
  await expect(inspectorOf(page).getByText("sent 2 times")).toBeVisible();
  await expect(momentOf(page, "Confirmed")).toBeVisible();
  await expect(fault("Lose the next answer")).toHaveAttribute("aria-pressed", "false");
  const { rows } = await sql.query(
    `select count(*)::int as saved from client_transaction where user_id = (select id from "user" where email = $1)`,
    [email],
  );
  expect(rows[0].saved).toBe(1);

  await fault("Go offline").click();
  await expectSync(page, "offline");
  await rename(page, "Ada Byron");
  await expect(inspectorOf(page).getByText("in the outbox", { exact: true })).toBeVisible();
  await expect(momentOf(page, "Sent")).toBeHidden();
  await fault("Go offline").click();
  await expectProfile(page, "Ada Byron");
  await expect(momentOf(page, "Confirmed")).toBeVisible();
});

test("late answers come, a dropped shape is loaded anew, and a closed inspector leaves no fault behind", async ({
  page,
  signUp,
  sql,
}) => {
  const { email } = await signUp(page);
  await inspect(page, "Ada Lovelace");
  await inspectorOf(page).getByRole("button", { name: "Drop the shape users" }).click();
  const loadedAnew = inspectorOf(page).locator("dt", { hasText: "Loaded anew" });
  await expect(loadedAnew.locator("+ dd")).toHaveText("1 time");
  await expectProfile(page, "Ada Lovelace");

  await inspectorOf(page).getByRole("button", { name: "Delay answers" }).click();
  await sql.query(`update "user" set name = 'Grace' where email = $1`, [email]);
  await expectProfile(page, "Grace");
  await expect(inspectorOf(page).getByText("from elsewhere", { exact: true })).toBeVisible();

  await inspectorOf(page).getByRole("button", { name: "Delay answers" }).click();
  await inspectorOf(page).getByRole("button", { name: "Silence the network" }).click();
  await rename(page, "Katherine");
  await expect(page.getByRole("heading", { level: 1, name: "Katherine" })).toBeVisible();
  await expect(inspectorOf(page).getByText("on its way", { exact: true })).toBeVisible();
  await inspectorOf(page).getByRole("button", { name: "Silence the network" }).click();
  await expect(momentOf(page, "Confirmed")).toBeVisible();

  await inspectorOf(page).getByRole("button", { name: "Go offline" }).click();
  await expectSync(page, "offline");
  await inspectorOf(page).getByRole("button", { name: "Close" }).click();
  await sql.query(`update "user" set name = 'Edith' where email = $1`, [email]);
  await expectProfile(page, "Edith");
});

test("the inspector is accessible in both themes, and fits on a phone", async ({ page, signUp }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signUp(page);
  await inspect(page, "Ada Lovelace");
  await rename(page, "Ada King");
  await expect(momentOf(page, "Confirmed")).toBeVisible();
  await inspectorOf(page).getByRole("button", { name: "Go offline" }).click();
  await expectSync(page, "offline");
  await expectAccessibleThemes(page);
  await page.setViewportSize({ width: 1280, height: 860 });
  await expectAccessible(page);
});
