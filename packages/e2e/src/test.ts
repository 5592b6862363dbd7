import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type App, startApp } from "@tracer/local/app";
import pg from "pg";
import { startAppBehindCloudFront } from "./cloudfront/app.ts";
import { logLines } from "./log-lines.ts";

export { expect };

interface Person {
  name: string;
  email: string;
  password: string;
}

interface WorkerFixtures {
  /** The production build on a stack of the worker's own. */
  app: App;
  /** What the worker's app has written. */
  log: ReturnType<typeof logLines>;
}

interface Fixtures {
  /** A connection to the app's database, for changes that the app does not make. */
  sql: pg.Client;
  /** Opens a browser with cookies and storage of its own. */
  newBrowser: () => Promise<BrowserContext>;
  /** Signs a new person up in the page's browser, opens the profile there, and waits for the profile to be live. */
  signUp: (page: Page, name?: string) => Promise<Person>;
  /** Shows what the app wrote during a test, when the test fails. */
  logOfFailure: undefined;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  log: [async ({}, use) => use(logLines()), { scope: "worker" }],

  app: [
    async ({ log }, use) => {
      if (process.env.TRACER_CLOUDFRONT) {
        await using behind = await startAppBehindCloudFront({ report: log.report });
        await use(behind);
        return;
      }
      const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-"));
      const app = await startApp({ mode: "built", dataDir, fsync: false, report: log.report });
      await use(app);
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],

  logOfFailure: [
    async ({ log }, use, test) => {
      const before = log.text().length;
      await use(undefined);
      if (test.status !== test.expectedStatus)
        process.stderr.write(`The app's log during "${test.title}":\n${log.text().slice(before)}\n`);
    },
    { auto: true },
  ],

  sql: async ({ app }, use) => {
    const client = new pg.Client({ connectionString: app.stack.databaseUrl });
    // Some tests stop the database, which ends this connection with an error.
    client.on("error", () => {});
    await client.connect();
    await use(client);
    await client.end().catch(() => {});
  },

  newBrowser: async ({ browser, app }, use) => {
    const open: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({
        baseURL: app.url,
        // The development server signs its own certificate.
        ignoreHTTPSErrors: true,
      });
      open.push(context);
      return context;
    });
    await Promise.all(open.map((context) => context.close()));
  },

  context: async ({ newBrowser }, use) => use(await newBrowser()),

  page: async ({ context }, use) => {
    const page = await context.newPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    // React reports that it has recovered from an error, and puts the error itself into the cause, which Playwright omits.
    await page.addInitScript(() =>
      window.addEventListener("error", ({ error }) => {
        if (error?.cause) reportError(error.cause);
      }),
    );
    await use(page);
    expect(errors, "uncaught errors on the page").toEqual([]);
  },

  signUp: async ({ app }, use) => {
    await use(async (page, name = "Ada Lovelace") => {
      const person = newPerson(name);
      const sent = { headers: { origin: app.url }, data: person };
      expect((await page.request.post("/api/auth/sign-up/email", sent)).status()).toBe(200);
      await page.goto("/profile");
      await expectProfile(page, name);
      return person;
    });
  },
});

function newPerson(name: string): Person {
  return { name, email: `${randomUUID()}@example.com`, password: "correct horse battery" };
}

/** Signs a new person up with the form of the page, and waits for their profile to be live. */
export async function signUpByForm(page: Page, name = "Ada Lovelace"): Promise<Person> {
  const person = newPerson(name);
  await page.goto("/sign-in?mode=sign-up");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/profile$/);
  await expectProfile(page, name);
  return person;
}

/**
 * Writes the person's row once more, so that each of their polls has something to tell, and learns at once whether its
 * session stands. Otherwise a line looks every ten seconds.
 */
export async function wakePolls(sql: pg.Client, email: string): Promise<void> {
  // An update that leaves every value as it is would be no change.
  await sql.query('update "user" set updated_at = now() where email = $1', [email]);
}

/** Ends the session of a page by a request that no page sends, and lets the page find out. */
export async function endSession(page: Page, sql: pg.Client, email: string): Promise<void> {
  const { origin } = new URL(page.url());
  const left = await page.request.post("/api/auth/sign-out", { headers: { origin }, data: {} });
  expect(left.status()).toBe(200);
  await wakePolls(sql, email);
}

/** Waits until the page shows the profile of this name, live. */
export async function expectProfile(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  await expectSync(page, "live");
}

/** Opens the profile in another tab of the browser, and waits until the profile of this name is live there. */
export async function openTab(context: BrowserContext, name: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto("/profile");
  await expectProfile(tab, name);
  return tab;
}

/** Waits until the badge shows this state. */
export async function expectSync(
  page: Page,
  state: "connecting" | "live" | "offline" | "error",
): Promise<void> {
  await expect(page.getByRole("status", { name: `Sync: ${state}` })).toBeVisible({ timeout: 30_000 });
}

/** Signs in on the sign-in page. */
export async function signIn(
  page: Page,
  { email, password }: Pick<Person, "email" | "password">,
): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Opens the form of the profile and types a name, without saving it. */
export async function typeName(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill(name);
}

/** Opens the form of the profile, types the name and saves. */
export async function rename(page: Page, name: string): Promise<void> {
  await typeName(page, name);
  await page.getByRole("button", { name: "Save" }).click();
}
