import type { Page } from "@playwright/test";
import { expect, expectProfile, expectSync, signIn, test } from "../src/test.ts";

interface Watched {
  /** What the page said, whenever its text changed. */
  said: string[];
  /** How often a part of the content moved without the person's doing. */
  shifts: number;
}

/** The code of the collections, which comes after the page. */
const syncCode = /\/assets\/collections-/;

/** Watches every page that opens: the texts of its main part, and the shifts of its content. */
async function watch(page: Page): Promise<() => Promise<Watched>> {
  await page.addInitScript(() => {
    const watched: Watched = { said: [], shifts: 0 };
    Object.assign(window, { watched });
    const look = () => {
      const said = document.querySelector("main")?.innerText ?? "";
      const last = watched.said.at(-1);
      // A busy browser shows the page in pieces while the page arrives. These are one text that grows.
      const grows = document.readyState === "loading" && last !== undefined && said.startsWith(last);
      if (grows) watched.said.pop();
      if (said !== watched.said.at(-1)) watched.said.push(said);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { sources } = entry as PerformanceEntry & { sources: { node: Node | null }[] };
        // The badge in the header changes its word, and with the word its width.
        if (sources.some(({ node }) => !document.querySelector("header")?.contains(node))) watched.shifts++;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { watched: Watched }).watched);
}

/** Expects that the page said one text, with the person's name, and moved nothing. */
function expectNoChange({ said, shifts }: Watched): void {
  const [first, ...changes] = said.filter((text) => text !== "");
  expect(first).toContain("Ada Lovelace");
  // Compared with the first text, so that a failure shows both.
  expect(changes).toEqual(changes.map(() => first));
  expect(changes).toHaveLength(0);
  expect(shifts).toBe(0);
}

test("the profile can be read without JavaScript, as of its moment", async ({
  page,
  browser,
  signUp,
  app,
}) => {
  const ada = await signUp(page, "Ada Lovelace");
  const storageState = await page.context().storageState();
  const context = await browser.newContext({ baseURL: app.url, javaScriptEnabled: false, storageState });
  const plain = await context.newPage();
  await plain.goto("/profile");
  await expect(plain.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  await expect(plain.getByText(ada.email)).toBeVisible();
  await expect(plain.getByText(/^As of \d+:\d\d [AP]M UTC$/)).toBeVisible();
  await expect(plain.locator("dd time").first()).toHaveText(/UTC$/);
  await context.close();
});

test("the page that arrives shows the row, and becomes live without a change to be seen", async ({
  page,
  signUp,
}) => {
  await signUp(page, "Ada Lovelace");
  const watched = await watch(page);
  await page.reload();
  await expectProfile(page, "Ada Lovelace");
  expectNoChange(await watched());
});

test("the page works before the sync has come, and becomes live without a change to be seen", async ({
  page,
  signUp,
}) => {
  await signUp(page, "Ada Lovelace");
  const watched = await watch(page);
  const sync = Promise.withResolvers<void>();
  await page.route(syncCode, async (route) => {
    await sync.promise;
    await route.continue();
  });
  const asked = page.waitForRequest(syncCode);
  await page.reload();
  await asked;
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectSync(page, "connecting");
  sync.resolve();
  await expectProfile(page, "Ada Lovelace");
  expectNoChange(await watched());
});

test("a button that is pressed before its code has come acts once the code is there", async ({
  page,
  signUp,
}) => {
  await signUp(page, "Ada Lovelace");
  const code = Promise.withResolvers<void>();
  await page.route(/\/assets\/live-profile-/, async (route) => {
    await code.promise;
    await route.continue();
  });
  await page.reload();
  // The rest of the page works.
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Edit profile" }).click();
  await expect(page.getByLabel("Name")).toHaveCount(0);
  code.resolve();
  await page.getByLabel("Name").fill("Ada King");
  await page.getByRole("button", { name: "Save" }).click();
  await expectProfile(page, "Ada King");
});

test("the page keeps what arrived when the sync is faster than the code of the profile", async ({
  page,
  signUp,
}) => {
  const asked = Promise.withResolvers<void>();
  const shown = Promise.withResolvers<void>();
  await page.route(/\/assets\/live-profile-/, async (route) => {
    await asked.promise;
    await route.continue();
    void page.evaluate(() => new Promise(requestAnimationFrame)).then(() => shown.resolve());
  });
  // The rows of the shape have come, and the end of the shape has not.
  await page.route(/\/api\/users\?.*offset=0/, async (route) => {
    asked.resolve();
    await shown.promise;
    await route.continue();
  });
  const watched = await watch(page);
  await signUp(page, "Ada Lovelace");
  expectNoChange(await watched());
});

test("a page whose sync cannot be loaded keeps the row, says so, and starts again when asked", async ({
  page,
  signUp,
}) => {
  await signUp(page, "Ada Lovelace");
  await page.route(syncCode, (route) => route.abort());
  await page.reload();
  await expectSync(page, "error");
  await expect(page.getByText("A part of this page could not be loaded.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Lovelace" })).toBeVisible();
  await page.unroute(syncCode);
  await page.getByRole("button", { name: "Try again" }).click();
  await expectProfile(page, "Ada Lovelace");
});

test("the moments that the server wrote are in the reader's language from the first paint", async ({
  page,
  browser,
  signUp,
  app,
}) => {
  await signUp(page);
  const context = await browser.newContext({
    baseURL: app.url,
    storageState: await page.context().storageState(),
    locale: "de-DE",
    timezoneId: "Asia/Tokyo",
  });
  const german = await context.newPage();
  const watched = await watch(german);
  await german.goto("/profile");
  await expectProfile(german, "Ada Lovelace");
  const { said } = await watched();
  expect(said.join()).not.toContain("UTC");
  const moment = Date.parse((await german.locator("dd time").first().getAttribute("datetime")) ?? "");
  const format = { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Tokyo" } as const;
  await expect(german.locator("dd time").first()).toHaveText(
    new Intl.DateTimeFormat("de-DE", format).format(moment),
  );
  await context.close();
});

test("a person who signs in meets the row and no outline of it", async ({ page, newBrowser, signUp }) => {
  const ada = await signUp(page, "Ada Lovelace");
  const elsewhere = await (await newBrowser()).newPage();
  const watched = await watch(elsewhere);
  await elsewhere.goto("/sign-in");
  await signIn(elsewhere, ada);
  await expectProfile(elsewhere, "Ada Lovelace");
  expect((await watched()).said.join()).not.toContain("Loading");
});

test("a row cannot leave its place in the page, whatever it says", async ({ page, signUp, sql }) => {
  const ada = await signUp(page);
  const name = `</script><script>window.broken = true</script><!--<script> \u2028 "'\${1}\\`;
  await sql.query('update "user" set name = $1 where email = $2', [name, ada.email]);
  await page.goto("/profile");
  await expectProfile(page, name);
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  const html = await (await page.request.get("/profile")).text();
  expect(html).toContain(ada.email);
  expect(html).not.toContain("<script>window.broken");
});

test("a page holds the rows of its person alone, and no cache may keep the page", async ({
  newBrowser,
  signUp,
}) => {
  const [adaPage, bobPage] = [await (await newBrowser()).newPage(), await (await newBrowser()).newPage()];
  const people = [await signUp(adaPage, "Ada Lovelace"), await signUp(bobPage, "Bob Noyce")] as const;
  // Side by side, because the server renders pages of many people at once.
  const pages = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => (turn % 2 ? bobPage : adaPage).request.get("/profile")),
  );
  for (const [turn, answer] of pages.entries()) {
    const [own, other] = turn % 2 ? [people[1], people[0]] : people;
    const html = await answer.text();
    expect(html).toContain(own.email);
    expect(html).not.toContain(other.email);
    expect(html).not.toContain(other.name);
    expect(answer.headers()["cache-control"]).toBe("private, no-store");
  }
});

test("the next person on the same page gets nothing that came with the page of the last one", async ({
  page,
  newBrowser,
  signUp,
}) => {
  const bob = await signUp(await (await newBrowser()).newPage(), "Bob Noyce");
  const ada = await signUp(page, "Ada Lovelace");
  await page.reload();
  await expectProfile(page, "Ada Lovelace");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  const said = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const all = new Set<string>();
        new MutationObserver(() => {
          all.add(document.documentElement.outerHTML);
          if (document.body.innerText.includes("Bob Noyce")) resolve([...all].join());
        }).observe(document, { childList: true, subtree: true, characterData: true });
      }),
  );
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await signIn(page, bob);
  await expectProfile(page, "Bob Noyce");
  expect(await said).not.toContain(ada.email);
  expect(await said).not.toContain("Ada Lovelace");
});
