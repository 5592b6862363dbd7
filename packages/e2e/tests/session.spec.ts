import {
  endSession,
  expect,
  expectProfile,
  expectSync,
  openTab,
  rename,
  signIn,
  test,
  typeName,
} from "../src/test.ts";

test("a revoked session ends the sync within a minute", async ({ page, signUp, sql }) => {
  test.slow();
  const ada = await signUp(page);
  await sql.query('delete from session using "user" where "user".id = user_id and email = $1', [ada.email]);
  const revoked = Date.now();

  // The line looks at its session every ten seconds. Then the page leaves by itself.
  await expect(page).toHaveURL(/\/sign-in/, { timeout: 70_000 });
  expect(Date.now() - revoked).toBeLessThan(60_000);
  await expect(page.getByText(ada.email)).toHaveCount(0);
  await signIn(page, ada);
  await expectProfile(page, ada.name);
});

test("an edit that meets a revoked session is saved once its person has signed in again", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const saved = async () =>
    (await sql.query('select name from "user" where email = $1', [ada.email])).rows[0].name;
  await sql.query('delete from session using "user" where "user".id = user_id and email = $1', [ada.email]);
  await rename(page, "Kept");
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog).toBeVisible();
  expect(await saved()).toBe(ada.name);
  await dialog.getByLabel("Password", { exact: true }).fill(ada.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expectProfile(page, "Kept");
  await expect.poll(saved).toBe("Kept");
});

test("signing up with a known address and signing in with a wrong password are refused with a reason", async ({
  page,
  newBrowser,
  signUp,
}) => {
  const ada = await signUp(page);
  const other = await (await newBrowser()).newPage();
  await other.goto("/sign-in?mode=sign-up");
  await other.getByLabel("Name").fill("Somebody");
  await other.getByLabel("Email").fill(ada.email);
  await other.getByLabel("Password", { exact: true }).fill("another password");
  await other.getByRole("button", { name: "Create account" }).click();
  await expect(other.getByRole("alert").getByText("already has an account")).toBeVisible();
  await other.goto("/sign-in");
  await signIn(other, { email: ada.email, password: "wrong password" });
  await expect(other.getByRole("alert").getByText("do not match")).toBeVisible();
  await expect(other).toHaveURL(/\/sign-in/);
});

test("a failure in the middle of a sign-up leaves no user behind", async ({ page, sql }) => {
  await sql.query(`create or replace function no_account() returns trigger language plpgsql as $$
    begin raise exception 'no account today'; end $$`);
  await sql.query(
    "create trigger no_account before insert on account for each row execute function no_account()",
  );
  try {
    await page.goto("/sign-in?mode=sign-up");
    await page.getByLabel("Name").fill("Half Done");
    await page.getByLabel("Email").fill("half@example.com");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("alert").getByText(/Try again/)).toBeVisible();
    const { rows } = await sql.query(`select 1 from "user" where email = 'half@example.com'`);
    expect(rows).toEqual([]);
  } finally {
    await sql.query("drop trigger no_account on account");
  }
});

test("a page with unsaved text stays when the session ends, and the text can be saved after a sign-in in place", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await typeName(page, "Typed before the end");
  await endSession(page, sql, ada.email);
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(dialog.getByText("What you typed is still here.")).toBeVisible();
  await expect(page).toHaveURL(/\/profile$/);
  await expect(dialog.getByLabel("Email")).toHaveValue(ada.email);
  await expect(dialog.getByLabel("Password", { exact: true })).toBeFocused();
  for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();

  await dialog.getByLabel("Password", { exact: true }).fill("wrong password");
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog.getByRole("alert").getByText("do not match")).toBeVisible();
  await expect(dialog.getByRole("link")).toHaveText(["Sign in another way, in a new tab"]);
  await dialog.getByLabel("Password", { exact: true }).fill(ada.password);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expectSync(page, "live");
  await expect(page.getByLabel("Name")).toHaveValue("Typed before the end");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await expectProfile(page, "Typed before the end");
  await sql.query(`update "user" set name = 'Live again' where email = $1`, [ada.email]);
  await expectProfile(page, "Live again");
});

test("a page that stayed goes on when its person signs in in a new tab", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await typeName(page, "Typed before the end");
  await endSession(page, sql, ada.email);
  const opened = context.waitForEvent("page");
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByRole("link", { name: "Sign in another way" }).click();
  const tab = await opened;
  await signIn(tab, ada);
  await expectProfile(tab, ada.name);
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("Name")).toHaveValue("Typed before the end");
  await page.getByRole("button", { name: "Save" }).click();
  await expectProfile(tab, "Typed before the end");
});

test("another person who signs in on a page that stayed gets a page without anything of the first", async ({
  page,
  newBrowser,
  signUp,
  sql,
}) => {
  const bob = await signUp(await (await newBrowser()).newPage(), "Bob Noyce");
  const ada = await signUp(page, "Ada Lovelace");
  await typeName(page, "Secret of Ada");
  await endSession(page, sql, ada.email);
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Email").fill(bob.email);
  await dialog.getByLabel("Password", { exact: true }).fill(bob.password);
  await page.keyboard.press("Enter");
  await expectProfile(page, "Bob Noyce");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const kept = () =>
    page.evaluate(() => {
      const fields = [...document.querySelectorAll("input")].map(({ value }) => value);
      return JSON.stringify([fields, localStorage, sessionStorage, document.documentElement.outerHTML]);
    });
  for (const text of [ada.email, ada.name, "Secret of Ada"]) expect(await kept()).not.toContain(text);
  await rename(page, "Robert Noyce");
  await expect(page.getByText("Saved")).toBeVisible();
  const { rows } = await sql.query('select name from "user" where email = any($1) order by name', [
    [ada.email, bob.email],
  ]);
  expect(rows).toEqual([{ name: "Ada Lovelace" }, { name: "Robert Noyce" }]);
});

test("a person may leave a page that stayed, and reads on the sign-in page why they are there", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await typeName(page, "Given up");
  await endSession(page, sql, ada.email);
  await page.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("status")).toHaveText("You were signed out. Sign in again.");
  await expect(page.getByText(ada.email)).toHaveCount(0);
  await signIn(page, ada);
  await expectProfile(page, ada.name);
});

test("a page without unsaved text leaves with a reason when the session ends", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await endSession(page, sql, ada.email);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("status")).toHaveText("You were signed out. Sign in again.");
  await signIn(page, ada);
  await expectProfile(page, ada.name);
});

test("a sign-out in one tab takes the other tab along, with unsaved text too, and says so", async ({
  page,
  context,
  signUp,
}) => {
  const ada = await signUp(page);
  const tab = await openTab(context, ada.name);
  await typeName(tab, "On a shared computer");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(tab).toHaveURL(/\/sign-in/);
  await expect(tab.getByRole("status")).toHaveText("You signed out in another tab.");
});

test("a page with unsaved text asks before it is left", async ({ page, signUp }) => {
  await signUp(page);
  const home = page.getByRole("banner").getByRole("link").first();
  await typeName(page, "Half a thought");
  await home.click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(page).toHaveURL(/\/profile$/);
  await expect(page.getByLabel("Name")).toHaveValue("Half a thought");

  const asked = page.waitForEvent("dialog");
  const closing = page.close({ runBeforeUnload: true });
  const warning = await asked;
  expect(warning.type()).toBe("beforeunload");
  await warning.dismiss();
  await closing;
  await expect(page.getByLabel("Name")).toHaveValue("Half a thought");

  await home.click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/$/);
});

test("a page whose form was saved or cancelled is left without a question", async ({ page, signUp }) => {
  await signUp(page);
  await typeName(page, "Given up");
  await page.getByRole("button", { name: "Cancel" }).click();
  await rename(page, "Ada King");
  await expect(page.getByText("Saved")).toBeVisible();
  await page.getByRole("banner").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/$/);
});
