import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page, Request } from "@playwright/test";
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
// One after the other, because two Vite servers would write to the same files. The last test stops the web server.
test.describe.configure({ mode: "default" });

const webFolder = fileURLToPath(new URL("../../web", import.meta.url));

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
  sql,
}) => {
  const open = new Set<Request>();
  page.on("request", (request) => void (request.url().includes("/api/") && open.add(request)));
  page.on("requestfinished", (request) => void open.delete(request));
  page.on("requestfailed", (request) => void open.delete(request));
  const ada = await signUp(page);
  const module = "/src/lib/collections.ts";
  for (let edit = 0; edit < 10; edit++) {
    const loaded = page.waitForResponse((response) => response.url().includes(`${module}?t=`));
    // Vite takes a new time of change for an edit.
    await utimes(join(webFolder, module), new Date(), new Date());
    await loaded;
  }
  const rename = (name: string) =>
    sql.query(`update "user" set name = $2, updated_at = now() where email = $1`, [ada.email, name]);
  await rename("After the edits");
  await expectProfile(page, "After the edits");
  await expect.poll(() => [...open].map((request) => new URL(request.url()).pathname)).toEqual(["/api/line"]);
  // An older version that is still open would wait for the lock of the line.
  expect(await locksOfTheLine(page)).toEqual({ held: 1, pending: 0 });
  await rename("At rest");
  await expectProfile(page, "At rest");
});

/** Counts the Web Locks of the line in the page's browser. */
function locksOfTheLine(page: Page) {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const count = (locks: LockInfo[]) => locks.filter(({ name }) => name?.startsWith("tracer-line:")).length;
    return { held: count(held), pending: count(pending) };
  });
}

test("a page that is asked for at 127.0.0.1 is led to its own address", async ({ app, page }) => {
  await page.goto(`${app.url.replace("localhost", "127.0.0.1")}/sign-in?mode=sign-up`);
  expect(page.url()).toBe(`${app.url}/sign-in?mode=sign-up`);
});

test("the server ends its request to Electric when a browser ends a poll", async ({ app }) => {
  // Two Vite servers would write to the same files.
  await app.stopWeb();
  expect(await abandonHeldPoll(app, "dev")).toBeLessThan(10_000);
});
