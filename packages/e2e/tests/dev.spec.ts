import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "@tracer/local/app";
import { abandonHeldPoll } from "../src/held-poll.ts";
import { test as base, expect, expectProfile } from "../src/test.ts";

// Runs Vite's server over HTTPS, and so over HTTP/2, on a stack of its own.
const test = base.extend<object, { app: App }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-dev-"));
      const app = await startApp({ mode: "dev", https: true, dataDir, fsync: false });
      await use(app);
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],
});
test.describe.configure({ mode: "serial" });

test("seven tabs are live at once over HTTP/2, one more than HTTP/1.1 would allow", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  test.slow();
  const ada = await signUp(page);
  const tabs = [page];
  while (tabs.length < 7) {
    const tab = await context.newPage();
    await tab.goto("/profile");
    await expectProfile(tab, ada.name);
    tabs.push(tab);
  }
  await sql.query(`update "user" set name = 'Everywhere' where email = $1`, [ada.email]);
  for (const tab of tabs) await expectProfile(tab, "Everywhere");
});

test("a module that Vite reloads after an edit takes over the stream of its old version", async ({
  page,
  signUp,
}) => {
  const open = new Set<unknown>();
  page.on("request", (request) => void (request.url().includes("/api/users") && open.add(request)));
  page.on("requestfinished", (request) => void open.delete(request));
  page.on("requestfailed", (request) => void open.delete(request));
  await signUp(page);
  const { user } = await (await page.request.get("/api/auth/get-session")).json();
  for (const edit of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
    // Vite's client does the same after an edit: it imports the module under a new URL.
    await page.evaluate(
      async ([module, userId]) => (await import(/* @vite-ignore */ module)).collectionsFor(userId),
      [`/src/lib/collections.ts?t=${Date.now()}${edit}`, user.id] as const,
    );
  }
  await expect.poll(() => open.size).toBe(1);
});

test("a page that is asked for at 127.0.0.1 is led to its own address", async ({ app, page }) => {
  await page.goto(`${app.url.replace("localhost", "127.0.0.1")}/sign-in?mode=sign-up`);
  expect(page.url()).toBe(`${app.url}/sign-in?mode=sign-up`);
});

test("the server ends its request to Electric when a browser ends a poll", async ({ app }) => {
  // Two Vite servers would write to the same files.
  await app.stopWeb();
  expect(await abandonHeldPoll(app, "dev")).toBeLessThan(10_000);
});
