import type { Page } from "@playwright/test";
import { expect, expectProfile, expectSync, test } from "../src/test.ts";

/** Marks the document that is open now. The mark goes with a reload. */
async function markDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.body.setAttribute("data-first", ""));
  return () => page.evaluate(() => document.body.hasAttribute("data-first"));
}

test("an open page goes on without a reload when its table gains and loses a column", async ({
  page,
  signUp,
  sql,
}) => {
  const { email } = await signUp(page);
  const isFirst = await markDocument(page);
  const setName = (name: string) => sql.query('update "user" set name = $1 where email = $2', [name, email]);

  await sql.query('alter table "user" add column city text');
  await setName("With a city");
  await expectProfile(page, "With a city");
  await sql.query('alter table "user" drop column city');
  await setName("Without a city");
  await expectProfile(page, "Without a city");
  expect(await isFirst()).toBe(true);
});

test("an open page keeps its rows while a column of its shape has another name, and then goes on", async ({
  page,
  signUp,
  sql,
}) => {
  const { name, email } = await signUp(page);
  const isFirst = await markDocument(page);
  await sql.query('alter table "user" rename column image to picture');
  try {
    await sql.query(`update "user" set name = 'Unseen' where email = $1`, [email]);
    await expectSync(page, "error");
    await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  } finally {
    await sql.query('alter table "user" rename column picture to image');
  }
  await page.getByRole("button", { name: "Try again" }).click();
  await expectProfile(page, "Unseen");
  expect(await isFirst()).toBe(true);
});
