import type pg from "pg";
import { expect, expectProfile, expectSync, openTab, rename, signIn, test } from "../src/test.ts";

/** Makes Postgres refuse the name "Refused". */
async function refuseName(sql: pg.Client): Promise<void> {
  await sql.query(`create or replace function refuse() returns trigger language plpgsql as $$
    begin if new.name = 'Refused' then raise exception 'refused by a trigger'; end if; return new; end $$`);
  await sql.query(
    'create or replace trigger refuse before update on "user" for each row execute function refuse()',
  );
}

test("an edit that the server refuses is undone with a reason, and the form keeps the text", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await refuseName(sql);
  await rename(page, "Refused");
  await expect(
    page.getByRole("alert").getByText("Something went wrong on our side, and nothing was saved."),
  ).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: ada.name })).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Refused");
  await page.getByLabel("Name").fill("Accepted");
  await page.getByRole("button", { name: "Save" }).click();
  await expectProfile(page, "Accepted");
});

test("an edit while offline outlives a reload, shows as pending, and is saved when back online", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const saved = async () =>
    (await sql.query('select name from "user" where email = $1', [ada.email])).rows[0].name;
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("Written on a train");
  await context.setOffline(true);
  await expectSync(page, "offline");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Waiting to be saved")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Written on a train" })).toBeVisible();
  expect(await saved()).toBe(ada.name);

  // A page that comes back with the network still finds no way for its writes.
  await context.route("**/api/trpc/**", (route) => route.abort());
  await context.setOffline(false);
  await page.reload();
  await expect(page.getByText("Waiting to be saved")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Written on a train" })).toBeVisible();
  expect(await saved()).toBe(ada.name);

  await context.unroute("**/api/trpc/**");
  await expect(page.getByText("Waiting to be saved")).toBeHidden();
  await expectProfile(page, "Written on a train");
  expect(await saved()).toBe("Written on a train");
});

test("of two tabs, the one that stays sends what the other one left", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const other = await openTab(context, ada.name);
  await page.route("**/api/trpc/**", (route) => route.abort());
  await rename(page, "From a tab that went");
  await expect(page.getByText(/Not confirmed yet/)).toBeVisible();
  await expectProfile(other, ada.name);
  await page.close();
  await expectProfile(other, "From a tab that went");
  const outcomes = async () =>
    (
      await sql.query(
        `select outcome ? 'txid' as saved from client_transaction join "user" on "user".id = user_id where email = $1`,
        [ada.email],
      )
    ).rows;
  await expect.poll(outcomes).toEqual([{ saved: true }]);
});

test("an edit that is refused after its form was left is undone and said, with what was typed", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await refuseName(sql);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("Refused");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Waiting to be saved")).toBeVisible();
  await context.setOffline(false);
  const told = page.getByRole("alert").filter({ hasText: "A change was not saved." });
  await expect(told).toContainText("name: Refused");
  await expectProfile(page, ada.name);
  await told.getByRole("button", { name: "Dismiss" }).click();
  await expect(told).toBeHidden();
});

test("signing out with an unsaved edit asks first, and deletes it only then", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await page.route("**/api/trpc/**", (route) => route.abort());
  await rename(page, "Never saved");
  await page.getByRole("button", { name: "Sign out" }).click();
  const dialog = page.getByRole("dialog", { name: "One change is not saved yet." });
  await expect(dialog.getByRole("button", { name: "Stay" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: "Never saved" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await dialog.getByRole("button", { name: "Sign out and delete them" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.unroute("**/api/trpc/**");
  await page.goto("/sign-in");
  await signIn(page, ada);
  await expectProfile(page, ada.name);
  const { rows } = await sql.query('select name from "user" where email = $1', [ada.email]);
  expect(rows).toEqual([{ name: ada.name }]);
});

test("a change that is made while a person is offline arrives when the person is back", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await context.setOffline(true);
  await expectSync(page, "offline");
  await sql.query(`update "user" set name = 'Meanwhile' where email = $1`, [ada.email]);
  await context.setOffline(false);
  await expectProfile(page, "Meanwhile");
});

test("a page outlives a restart of the web server", async ({ page, app, signUp, sql }) => {
  const ada = await signUp(page);
  // A busy browser may not have loaded the form yet, and nothing can be loaded from a server that is down.
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("Heard late");
  await app.stopWeb();
  await expectSync(page, "error");
  await expect(page.getByRole("heading", { level: 1, name: ada.name })).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(
    page.getByText("Not confirmed yet. Your change is kept and will be tried again."),
  ).toBeVisible();
  await app.startWeb();
  await expectSync(page, "live");
  // The page shows the edit before Postgres has it, and "Saved" only afterwards.
  await expect(page.getByText("Saved")).toBeVisible();
  await sql.query(`update "user" set name = 'Heard' where email = $1`, [ada.email]);
  await expectProfile(page, "Heard");
});

test("what could not be loaded while the web server was down is loaded when the server is back", async ({
  page,
  app,
  signUp,
}) => {
  // A browser that is never idle loads the form and the auth client only when they are wanted.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  await signUp(page);
  await page.reload();
  await expectSync(page, "live");
  await app.stopWeb();
  await page.getByRole("button", { name: "Edit profile" }).click();
  await expect(page.getByText("The form could not be loaded. Try again.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("so you are still signed in. Try again.")).toBeVisible();
  await app.startWeb();
  await expectSync(page, "live");
  await rename(page, "Loaded late");
  await expectProfile(page, "Loaded late");
  await expect(page.getByText("Saved")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
});

test("changes that are made while Electric is down arrive when Electric is back", async ({
  page,
  app,
  signUp,
  sql,
}) => {
  test.skip(!app.stack.own, "external services cannot be stopped");
  const ada = await signUp(page);
  await app.stopElectric();
  await expectSync(page, "error");
  await sql.query(`update "user" set name = 'While Electric slept' where email = $1`, [ada.email]);
  await app.startElectric();
  await expectProfile(page, "While Electric slept");
});

test("an edit that is made while Postgres is down is saved when Postgres is back", async ({
  page,
  app,
  signUp,
}) => {
  test.skip(!app.stack.own, "external services cannot be stopped");
  await signUp(page);
  await app.stopPostgres();
  await rename(page, "Into the void");
  await expect(
    page.getByText("Not confirmed yet. Your change is kept and will be tried again."),
  ).toBeVisible();
  await app.startPostgres();
  await expect(page.getByText("Saved")).toBeVisible({ timeout: 60_000 });
  await expectProfile(page, "Into the void");
});

test("the page fetches its shape again when Electric has lost the shape", async ({
  page,
  app,
  signUp,
  sql,
}) => {
  test.skip(!app.stack.own, "external services must not be damaged");
  const ada = await signUp(page);
  const requests: string[] = [];
  page.on(
    "request",
    (request) => void (request.url().includes("/api/users") && requests.push(request.url())),
  );
  // Electric cannot follow a truncated table, and ends every shape of the table with 409.
  await sql.query("begin");
  await sql.query('create temporary table saved on commit drop as select * from "user"');
  await sql.query("create temporary table accounts on commit drop as select * from account");
  await sql.query("create temporary table sessions on commit drop as select * from session");
  await sql.query('truncate "user" cascade');
  await sql.query(`insert into "user" select * from saved`);
  await sql.query("insert into account select * from accounts");
  await sql.query("insert into session select * from sessions");
  await sql.query("commit");
  await sql.query(`update "user" set name = 'Risen' where email = $1`, [ada.email]);
  await expectProfile(page, "Risen");
  expect(requests.length).toBeLessThan(10);
});

test("a time that JavaScript does not know leaves the profile in its place", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const shown = page.getByRole("definition");
  const change = (time: string) =>
    sql.query(`update "user" set updated_at = $2 where email = $1`, [ada.email, time]);
  await change("infinity");
  await expect(shown.last()).toHaveText("The end of time");
  await change("-infinity");
  await expect(shown.last()).toHaveText("The beginning of time");
  await change("0044-03-15 12:00:00+00 BC");
  await expect(shown.last()).toHaveText(/March 15, 44 B/);
  await change("294276-12-31 23:59:59+00");
  await expect(shown.last()).toHaveText(/275760/);
  await change("infinity");
  await page.reload();
  await expectProfile(page, ada.name);
  await expect(shown.last()).toHaveText("The end of time");
  await rename(page, "Ada for ever");
  await expect(page.getByText("Saved")).toBeVisible();
  await expectProfile(page, "Ada for ever");
});
