import { expect, expectProfile, rename, signIn, test } from "../src/test.ts";

test("a revoked session ends the sync within 15 seconds", async ({ page, signUp, sql }) => {
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
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await saved()).toBe(ada.name);
  await signIn(page, ada);
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
