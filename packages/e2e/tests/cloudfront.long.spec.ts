import { test as base } from "@playwright/test";
import pg from "pg";
import { startAppBehindCloudFront, startLambdaBehindCloudFront } from "../src/cloudfront/app.ts";
import { serviceSettings } from "../src/cloudfront/settings.ts";
import { followOwnRow } from "../src/line-client.ts";
import { signUpAt } from "../src/person.ts";
import { expect, expectProfile, openTab, rename, test as shared } from "../src/test.ts";

// What takes the minutes of CloudFront's and Lambda's own time limits.

interface OnLambda {
  lambda: Awaited<ReturnType<typeof startLambdaBehindCloudFront>>;
}

const test = base.extend<object, OnLambda>({
  lambda: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using lambda = await startLambdaBehindCloudFront();
      await use(lambda);
    },
    { scope: "worker", timeout: 240_000 },
  ],
});

// One after the other: two builds for Lambda at once would write to the same files.
test.describe.configure({ mode: "default" });

test("the build for Lambda serves pages, files, a live row and confirmed writes through CloudFront", async ({
  lambda,
  browser,
}) => {
  const sql = new pg.Client({ connectionString: lambda.stack.databaseUrl });
  await sql.connect();
  const context = await browser.newContext({ baseURL: lambda.url });
  const page = await context.newPage();
  const kept: (string | undefined)[] = [];
  page.on("response", (answer) => {
    if (answer.url().includes("/assets/")) kept.push(answer.headers()["x-cache"]);
  });
  await page.goto("/sign-in?mode=sign-up");
  const email = "ada@example.com";
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expectProfile(page, "Ada Lovelace");
  const tab = await openTab(context, "Ada Lovelace");
  await rename(page, "Ada King");
  await expect(page.getByText("Saved")).toBeVisible();
  await expectProfile(tab, "Ada King");
  await sql.query(`update "user" set name = 'By hand' where email = $1`, [email]);
  await expectProfile(page, "By hand");
  for (const { name } of await context.cookies()) expect(name).toMatch(/^__Host-/);

  // Another browser gets the files from the cache, and nothing of Ada.
  const elsewhere = await browser.newContext({ baseURL: lambda.url });
  const other = await elsewhere.newPage();
  const received: string[] = [];
  other.on("response", async (answer) => {
    if (answer.url().includes("/assets/")) kept.push(answer.headers()["x-cache"]);
    else received.push(await answer.text().catch(() => ""));
  });
  await other.goto("/profile");
  await expect(other).toHaveURL(/\/sign-in/);
  expect(kept).toContain("Hit from cloudfront");
  expect(received.join()).not.toContain(email);
  await Promise.all([context.close(), elsewhere.close(), sql.end()]);
});

test("on Lambda a line ends before the function does, and the next line loses no change", async ({
  lambda,
}) => {
  test.slow();
  const sql = new pg.Client({ connectionString: lambda.stack.databaseUrl });
  await sql.connect();
  const ada = await signUpAt(lambda);
  const over = new AbortController();
  const seen: string[] = [];
  const followed = await followOwnRow(lambda.url, ada, {
    seen: (name) => seen.push(name),
    signal: over.signal,
  });
  const names: string[] = [];
  while (followed.lines < 3) {
    names.push(`Change ${names.length}`);
    await sql.query('update "user" set name = $2, updated_at = now() where id = $1', [ada.id, names.at(-1)]);
    await expect.poll(() => seen.at(-1)).toBe(names.at(-1));
  }
  over.abort();
  expect(seen).toEqual(["Ada", ...names]);
  await sql.end();
});

shared("signs of life keep an idle line open past CloudFront's read timeout", async () => {
  shared.slow();
  await using site = await startAppBehindCloudFront();
  const ada = await signUpAt(site);
  /** How long an idle line lasts, in seconds, at most a little longer than the read timeout of the real settings. */
  const lasting = async (readTimeout: number) => {
    await using edge = await site.openDistribution({ settings: { ...serviceSettings, readTimeout } });
    const over = AbortSignal.timeout((serviceSettings.readTimeout + 15) * 1000);
    const began = performance.now();
    const followed = await followOwnRow(edge.url, ada, { seen: () => {}, signal: over });
    while (followed.lines < 2 && !over.aborted) await new Promise((next) => setTimeout(next, 100));
    return { lines: followed.lines, seconds: (performance.now() - began) / 1000 };
  };
  expect((await lasting(serviceSettings.readTimeout)).lines).toBe(1);
  // Shorter than the time between two signs of life: the stand-in does end a silent answer.
  const cut = await lasting(5);
  expect(cut.lines).toBe(2);
  expect(cut.seconds).toBeLessThan(12);
});
