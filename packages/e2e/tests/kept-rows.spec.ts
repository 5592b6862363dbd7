import type { Page } from "@playwright/test";
import { keptRows, overwrite, recordLoads } from "../src/kept-rows.ts";
import { expect, expectProfile, rename, signIn, test } from "../src/test.ts";

/** Waits until the browser keeps the row of this name, and leaves the app. */
async function leave(page: Page, name: string): Promise<void> {
  await expect.poll(async () => (await keptRows(page)).rows?.[0]?.name).toBe(name);
  await page.goto("about:blank");
}

/** Opens the landing page and goes on to the profile, whose row then does not come with the page. */
async function comeBack(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Profile" }).click();
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });

test("a second visit shows the last rows before the server has answered, and loads only what has changed since", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page, "Ada Lovelace");
  await leave(page, "Ada Lovelace");
  await sql.query(`update "user" set name = 'Ada King' where email = $1`, [ada.email]);
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await page.route("**/api/users?*", async (route) => {
    await answered;
    await route.continue();
  });
  const loads = recordLoads(page);
  await comeBack(page);
  await expect(heading(page, "Ada Lovelace")).toBeVisible();
  const badge = page.getByRole("status", { name: "Sync: connecting" });
  await expect(badge).toHaveText(/^As of \d+:\d\d [AP]M$/);
  answer();
  await expectProfile(page, "Ada King");
  expect(loads.length).toBeGreaterThan(0);
  expect(loads).not.toContain("-1");

  // A page that comes with its rows shows none that are older, and goes on from the kept place as well.
  await leave(page, "Ada King");
  await sql.query(`update "user" set name = 'Augusta Ada' where email = $1`, [ada.email]);
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.body?.innerText.includes("Ada King")) Object.assign(window, { sawOlderRow: true });
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  loads.length = 0;
  await page.goto("/profile");
  await expectProfile(page, "Augusta Ada");
  expect(await page.evaluate(() => "sawOlderRow" in window)).toBe(false);
  expect(loads.length).toBeGreaterThan(0);
  expect(loads).not.toContain("-1");
});

test("signing out deletes the kept rows, also when the session ended while no page was open", async ({
  page,
  newBrowser,
  signUp,
  sql,
}) => {
  const bob = await signUp(await (await newBrowser()).newPage(), "Bob Noyce");
  const ada = await signUp(page, "Ada Lovelace");
  await expect.poll(async () => (await keptRows(page)).rows?.[0]?.email).toBe(ada.email);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect.poll(() => keptRows(page)).toEqual({});

  const loads = recordLoads(page);
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await signIn(page, bob);
  await expectProfile(page, "Bob Noyce");
  expect(loads[0]).toBe("-1");
  await leave(page, "Bob Noyce");
  await sql.query('delete from session using "user" where "user".id = user_id and email = $1', [bob.email]);
  await page.goto("/profile");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect.poll(() => keptRows(page)).toEqual({});
});

test("rows of another person or of another form are not shown, and the shape is loaded anew", async ({
  page,
  context,
  newBrowser,
  signUp,
}) => {
  const other = await newBrowser();
  await signUp(await other.newPage(), "Bob Noyce");
  await signUp(page, "Ada Lovelace");
  const stored = await keptPlace(page);
  const loads = recordLoads(page);
  await overwrite(page, "places", { ...stored, form: "older" });
  await page.goto("about:blank");
  await comeBack(page);
  await expectProfile(page, "Ada Lovelace");
  expect(loads[0]).toBe("-1");

  // As if the browser had changed hands without anybody signing out.
  await leave(page, "Ada Lovelace");
  await context.clearCookies();
  await context.addCookies(await other.cookies());
  const seen: string[] = [];
  await page.exposeFunction("report", (text: string) => seen.push(text));
  await page.addInitScript(() => {
    const { report } = window as Window & { report?: (text: string) => void };
    new MutationObserver(() => report?.(document.body?.innerText ?? "")).observe(document, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  loads.length = 0;
  await comeBack(page);
  await expectProfile(page, "Bob Noyce");
  expect(loads[0]).toBe("-1");
  expect(seen.join()).toContain("Bob Noyce");
  expect(seen.join()).not.toContain("Ada Lovelace");
  await expect.poll(async () => (await keptRows(page)).rows?.map(({ name }) => name)).toEqual(["Bob Noyce"]);
});

test("a place that the server no longer knows, or that does not fit the rows, leads to the right rows", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page, "Ada Lovelace");
  const change = (name: string) =>
    sql.query('update "user" set name = $2 where email = $1', [ada.email, name]);
  const stored = await keptPlace(page);
  const loads = recordLoads(page);
  await overwrite(page, "places", { ...stored, place: { ...stored.place, handle: "made-up" } });
  await page.goto("about:blank");
  await change("Ada King");
  await comeBack(page);
  await expectProfile(page, "Ada King");
  expect(loads.slice(0, 2)).toEqual([stored.place.offset, "-1"]);

  // The catch-up then changes a row that is not there.
  await leave(page, "Ada King");
  await page.goto("/");
  await overwrite(page, "rows", []);
  await page.goto("about:blank");
  await change("Augusta Ada");
  await comeBack(page);
  await expectProfile(page, "Augusta Ada");
  await change("Live again");
  await expectProfile(page, "Live again");
});

test("an edit whose answer was lost is confirmed on the next visit, and does not hide later changes", async ({
  context,
  signUp,
  sql,
}) => {
  const page = await context.newPage();
  const ada = await signUp(page, "Ada Lovelace");
  await page.route("**/api/trpc/push*", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await rename(page, "Ada King");
  await expect.poll(async () => (await keptRows(page)).rows?.[0]?.name).toBe("Ada King");
  await page.close();

  const next = await context.newPage();
  const loads = recordLoads(next);
  await comeBack(next);
  await expectProfile(next, "Ada King");
  expect(loads[0]).toBe("-1");
  await sql.query(`update "user" set name = 'Augusta Ada' where email = $1`, [ada.email]);
  await expectProfile(next, "Augusta Ada");
});

/** Waits until the browser keeps the row, and returns its place. */
async function keptPlace(page: Page) {
  await expect.poll(async () => (await keptRows(page)).place).toBeDefined();
  const { place } = await keptRows(page);
  if (!place) throw new Error("The browser keeps no place.");
  return place;
}
