import { testEveryPage } from "../src/every-page.ts";
import { expect, expectProfile, signUpByForm, test } from "../src/test.ts";

testEveryPage("desktop", "light");
testEveryPage("phone", "dark");

test("a person signs up and saves an edit with the keyboard alone", async ({ page }) => {
  await page.goto("/sign-in?mode=sign-up");
  await expect(page.getByRole("button", { name: "Create account" })).toBeEnabled();
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Ada Lovelace");
  await page.keyboard.press("Tab");
  await page.keyboard.type(`${crypto.randomUUID()}@example.com`);
  await page.getByLabel("Password", { exact: true }).focus();
  await page.keyboard.type("correct horse battery");
  await page.keyboard.press("Enter");
  const edit = page.getByRole("button", { name: "Edit profile" });
  await expect(edit).toBeVisible();
  await edit.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Ada King");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  await expect(edit).toBeFocused();
});

test("the landing page can be read without JavaScript", async ({ browser, app }) => {
  const context = await browser.newContext({ baseURL: app.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in" }).first()).toBeVisible();
  await context.close();
});

test("sends compressed scripts that caches may store, and profiles that no cache may store", async ({
  page,
  request,
  signUp,
}) => {
  const scripts: { encoding?: string; cache?: string; url: string }[] = [];
  page.on("response", (answer) => {
    if (!answer.url().includes("/assets/")) return;
    const headers = answer.headers();
    scripts.push({
      url: answer.url(),
      encoding: headers["content-encoding"],
      cache: headers["cache-control"],
    });
  });
  await signUp(page);
  await page.reload();
  await expectProfile(page, "Ada Lovelace");
  expect(scripts.length).toBeGreaterThan(3);
  for (const script of scripts) {
    // Compression does not shrink a file of a few hundred bytes.
    const size = (await (await request.get(script.url)).body()).byteLength;
    if (size > 1024)
      expect(script, script.url).toMatchObject({ encoding: expect.stringMatching(/^(br|gzip)$/) });
    expect(script.cache).toBe("public, max-age=31536000, immutable");
  }
  const profile = await page.request.get("/profile");
  expect(profile.headers()["cache-control"]).toBe("private, no-store");
});

test("no server code reaches the browser", async ({ page, request }) => {
  const urls = new Set<string>();
  page.on("response", (answer) => void (/\.js($|\?)/.test(answer.url()) && urls.add(answer.url())));
  await page.goto("/");
  await signUpByForm(page);
  for (const url of urls) {
    const code = await (await request.get(url)).text();
    // Marks that survive minification: symbols of Drizzle, names of links, the driver's settings.
    expect(code, url).not.toMatch(/drizzle:|SST_RESOURCE|neonConfig|sourceSecret|pg_current_xact_id/);
  }
});
