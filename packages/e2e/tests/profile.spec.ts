import { choosePicture } from "../src/pictures.ts";
import { expect, expectProfile, openTab, rename, signUpByForm, test } from "../src/test.ts";

test("a person signs up and sees their profile, synced from Postgres", async ({ page, sql }) => {
  const ada = await signUpByForm(page);
  const { rows } = await sql.query('select * from "user" where email = $1', [ada.email]);
  await expect(page.getByText(ada.email)).toBeVisible();
  const times = page.locator("time");
  await expect(times).toHaveCount(2);
  await expect(times.nth(0)).toHaveAttribute("datetime", rows[0].created_at.toISOString());
  await expect(times.nth(1)).toHaveAttribute("datetime", rows[0].updated_at.toISOString());
});

test("an edit shows at once, is saved, and survives a reload", async ({ page, signUp, sql }) => {
  const ada = await signUp(page);
  await rename(page, "Ada King");
  await expect(page.getByRole("heading", { name: "Ada King" })).toBeVisible();
  await expect(page.getByText("Saved")).toBeVisible();
  const { rows } = await sql.query('select name from "user" where email = $1', [ada.email]);
  expect(rows).toEqual([{ name: "Ada King" }]);
  await page.reload();
  await expectProfile(page, "Ada King");
});

test("an edit arrives in a second tab and in another browser", async ({
  page,
  context,
  newBrowser,
  signUp,
}) => {
  const ada = await signUp(page);
  const tab = await openTab(context, ada.name);
  const elsewhere = await (await newBrowser()).newPage();
  await elsewhere.goto("/profile");
  await elsewhere.getByLabel("Email").fill(ada.email);
  await elsewhere.getByLabel("Password", { exact: true }).fill(ada.password);
  await elsewhere.getByRole("button", { name: "Sign in", exact: true }).click();
  await expectProfile(elsewhere, ada.name);

  await rename(page, "Countess of Lovelace");
  await expectProfile(tab, "Countess of Lovelace");
  await expectProfile(elsewhere, "Countess of Lovelace");

  await rename(elsewhere, "Ada again");
  await expectProfile(page, "Ada again");
});

test("a change made in Postgres by somebody else arrives", async ({ page, signUp, sql }) => {
  const ada = await signUp(page);
  await sql.query(`update "user" set name = 'Changed by hand' where email = $1`, [ada.email]);
  await expectProfile(page, "Changed by hand");
});

test("a picture replaces the initials, and can be removed", async ({ page, signUp, sql }) => {
  const ada = await signUp(page, "Ada Lovelace");
  await expect(page.getByText("AL", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Edit profile" }).click();
  await choosePicture(page, await page.screenshot());
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await expect(page.locator("main img")).toBeVisible();
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByRole("button", { name: "Remove picture" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("AL", { exact: true })).toBeVisible();
  await expect(page.getByText("Saved")).toBeVisible();
  const { rows } = await sql.query('select image from "user" where email = $1', [ada.email]);
  expect(rows).toEqual([{ image: null }]);
});

test("the form says what is wrong with a name and a picture, and sends nothing", async ({ page, signUp }) => {
  await signUp(page);
  const sent: string[] = [];
  page.on("request", (request) => void (request.url().includes("/api/trpc/") && sent.push(request.url())));
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("   ");
  await page.getByLabel("Picture file").setInputFiles({
    name: "letter.png",
    mimeType: "image/png",
    buffer: Buffer.from("javascript:alert(1)"),
  });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter your name.")).toBeVisible();
  await expect(page.getByText(/no picture that your browser can read/)).toBeVisible();
  await expect(page.getByLabel("Name")).toBeFocused();
  expect(sent).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Edit profile" })).toBeFocused();
});
