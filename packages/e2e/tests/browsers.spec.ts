import type { BrowserContext, Page } from "@playwright/test";
import type pg from "pg";
import { expect, expectProfile, expectSync, rename, test } from "../src/test.ts";

// What befalls browsers: `parts.spec.ts` has the faults of everything else.

/** How often a browser closes in mid-write: `npm run test:faults` sets a higher number. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 1) * 2;

const hour = 3_600_000;

/** Freezes the page as Chromium freezes pages in the background, or lets the page go on. */
async function setLifecycle(context: BrowserContext, page: Page, state: "frozen" | "active"): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state });
  await session.detach();
}

const nameOf = async (sql: pg.Client, email: string): Promise<string> =>
  (await sql.query('select name from "user" where email = $1', [email])).rows[0].name;

/** The names that Postgres has noted since the call, for one person. */
async function noteNames(sql: pg.Client, email: string): Promise<() => Promise<string[]>> {
  await sql.query("create table if not exists noted (nth bigserial, email text, name text)");
  await sql.query(`create or replace function note_name() returns trigger language plpgsql security definer as $$
    begin insert into noted (email, name) values (new.email, new.name); return new; end $$`);
  await sql.query(
    `create or replace trigger note_name after update on "user" for each row execute function note_name()`,
  );
  return async () =>
    (await sql.query("select name from noted where email = $1 order by nth", [email])).rows.map(
      ({ name }) => name,
    );
}

test("a page that is frozen in mid-write saves once, and shows what was written meanwhile", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const noted = await noteNames(sql, ada.email);
  await rename(page, "Frozen");
  await setLifecycle(context, page, "frozen");
  const other = await context.newPage();
  await other.goto("/profile");
  await expectSync(other, "live");
  await setLifecycle(context, page, "active");
  await expect(page.getByText("Saved")).toBeVisible();
  await setLifecycle(context, page, "frozen");
  await rename(other, "Meanwhile");
  await expect(other.getByText("Saved")).toBeVisible();
  await setLifecycle(context, page, "active");
  await expectProfile(page, "Meanwhile");
  expect(await noted()).toEqual(["Frozen", "Meanwhile"]);
});

test("an edit whose tab closes in mid-write is saved once or not at all, and the next tab shows which", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  test.setTimeout(120_000 + rounds * 10_000);
  const ada = await signUp(page);
  const noted = await noteNames(sql, ada.email);
  const saved: string[] = [];
  const times: number[] = [];
  let open = page;
  for (let round = 0; round < rounds; round++) {
    const name = `Round ${round}`;
    await rename(open, name);
    // Closes a little later each time: before the edit is kept, while it is sent, and after the answer.
    await open.waitForTimeout((round % 8) * 10);
    await open.close();
    const gone = performance.now();
    open = await context.newPage();
    await open.goto("/profile");
    await expectSync(open, "live");
    await expect(open.getByText("Waiting to be saved")).toBeHidden();
    const held = await nameOf(sql, ada.email);
    await expectProfile(open, held);
    times.push(performance.now() - gone);
    if (held === name) saved.push(name);
  }
  expect(await noted()).toEqual(saved);
  console.log(
    `closed in mid-write: ${rounds} times, ${saved.length} saved, most until the next tab is live ${Math.round(Math.max(...times))} ms`,
  );
});

for (const [words, off] of [
  ["ahead", hour],
  ["behind", -hour],
] as const) {
  test(`a browser whose clock is an hour ${words} syncs and saves, also when the clock is set right`, async ({
    page,
    signUp,
    sql,
  }) => {
    await page.clock.setSystemTime(Date.now() + off);
    const ada = await signUp(page);
    await rename(page, "At the wrong time");
    await expect(page.getByText("Saved")).toBeVisible();
    await page.reload();
    await expectProfile(page, "At the wrong time");
    await page.clock.setSystemTime(Date.now());
    await sql.query(`update "user" set name = 'At the right time' where email = $1`, [ada.email]);
    await expectProfile(page, "At the right time");
    await rename(page, "Saved at the right time");
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    expect(await nameOf(sql, ada.email)).toBe("Saved at the right time");
  });
}
