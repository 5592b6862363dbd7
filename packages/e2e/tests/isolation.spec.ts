import type { Page } from "@playwright/test";
import { expect, expectProfile, rename, signIn, signUpByForm, test } from "../src/test.ts";

/** Records what a page reads from the app, also of answers that go on and on, which Playwright does not keep. */
async function recordAnswers(page: Page): Promise<string[]> {
  const received: string[] = [];
  await page.exposeFunction("recordAnswer", (text: string) => received.push(text));
  await page.addInitScript(() => {
    const { recordAnswer } = window as Window & { recordAnswer?: (text: string) => void };
    const plain = window.fetch;
    window.fetch = async (...sent) => {
      const answer = await plain(...sent);
      void answer
        .clone()
        .body?.pipeThrough(new TextDecoderStream())
        .pipeTo(new WritableStream({ write: (text) => recordAnswer?.(text) }))
        .catch(() => {});
      return answer;
    };
  });
  return received;
}

test("two people see their own row alone, in the first answer and live", async ({
  newBrowser,
  signUp,
  sql,
}) => {
  const adaPage = await (await newBrowser()).newPage();
  const bobPage = await (await newBrowser()).newPage();
  const received = await recordAnswers(bobPage);
  const ada = await signUp(adaPage, "Ada Lovelace");
  // The page that comes after the form gets all rows by requests, and none with its HTML.
  const bob = await signUpByForm(bobPage, "Bob Noyce");

  await rename(adaPage, "Secret of Ada");
  await expectProfile(adaPage, "Secret of Ada");
  await sql.query(`update "user" set name = 'Robert Noyce' where email = $1`, [bob.email]);
  await expectProfile(bobPage, "Robert Noyce");

  expect(received.join()).toContain(bob.email);
  expect(received.join()).toContain("Robert Noyce");
  expect(received.join()).not.toContain(ada.email);
  expect(received.join()).not.toContain("Secret of Ada");
});

test("after sign-out nothing of the last user remains, and the next user sees only their own row", async ({
  page,
  newBrowser,
  signUp,
}) => {
  const bob = await signUp(await (await newBrowser()).newPage(), "Bob Noyce");
  const ada = await signUp(page, "Ada Lovelace");
  // A reload would clear this mark, so the mark proves that there was none.
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));

  const polls: string[] = [];
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  page.on("request", (request) => void (request.url().includes("/api/users") && polls.push(request.url())));
  await expect(page.getByText(ada.email)).toHaveCount(0);
  const kept = () =>
    page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.documentElement.outerHTML]));
  expect(await kept()).not.toContain(ada.email);
  // The collections end when their page has gone, which is a moment after the address has changed.
  await expect.poll(kept).not.toContain("electric_");

  const seen: string[] = [];
  await page.exposeFunction("report", (text: string) => seen.push(text));
  await page.evaluate(() => {
    const report = (window as unknown as { report: (text: string) => void }).report;
    new MutationObserver(() => report(document.body.innerText)).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  await page.getByRole("link", { name: "Sign in" }).first().click();
  expect(polls, "requests for the shape of a user who is gone").toEqual([]);
  await signIn(page, bob);
  await expectProfile(page, "Bob Noyce");
  expect(await page.evaluate(() => "neverReloaded" in window)).toBe(true);
  expect(seen.join()).not.toContain("Ada Lovelace");
  expect(seen.join()).not.toContain(ada.email);
});

test("a tab of one user takes no rows of a user who has signed in since", async ({
  page,
  newBrowser,
  signUp,
  sql,
}) => {
  const bob = await signUp(await (await newBrowser()).newPage(), "Bob Noyce");
  const ada = await signUp(page, "Ada Lovelace");
  // No page sends these requests, so that no page can notify the tab.
  const post = (path: string, data: object) =>
    page.request.post(`/api/auth/${path}`, { headers: { origin: new URL(page.url()).origin }, data });
  expect((await post("sign-out", {})).status()).toBe(200);
  const { email, password } = bob;
  expect((await post("sign-in/email", { email, password })).status()).toBe(200);

  // Ends the poll that the tab began as Ada, so that the next poll carries Bob's cookie.
  await sql.query(`update "user" set name = 'Ada the last' where email = $1`, [ada.email]);
  await expectProfile(page, "Bob Noyce");
  await expect(page.getByText(ada.email)).toHaveCount(0);
});

test("signing out in one tab signs the other tab out before the server refuses a request", async ({
  page,
  context,
  signUp,
}) => {
  const ada = await signUp(page);
  const tab = await context.newPage();
  const complaints: string[] = [];
  for (const one of [page, tab]) {
    one.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  }
  await tab.goto("/profile");
  await expectProfile(tab, ada.name);
  // The open poll of the other tab would end the session too, but only by a refusal.
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(tab).toHaveURL(/\/sign-in/);
  await expect(tab.getByText(ada.email)).toHaveCount(0);
  // The collections end when their page has gone.
  for (const one of [page, tab]) {
    const kept = () =>
      one.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("electric_")));
    await expect.poll(kept).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

test("a session that ends elsewhere leads to the sign-in page after at most two refused requests", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  let refused = 0;
  page.on("response", (answer) => {
    if (answer.status() === 401 && /\/api\/(users|line)/.test(answer.url())) refused++;
  });
  // No page sends this request, so that no page can notify the tab.
  const origin = new URL(page.url()).origin;
  const left = await page.request.post("/api/auth/sign-out", { headers: { origin }, data: {} });
  expect(left.status()).toBe(200);
  await sql.query(`update "user" set name = 'Once more' where email = $1`, [ada.email]);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText(ada.email)).toHaveCount(0);
  expect(refused).toBeLessThanOrEqual(2);
});

test("nobody sees a profile without signing in", async ({ page, request }) => {
  await page.goto("/profile");
  await expect(page).toHaveURL(/\/sign-in\?redirect=%2Fprofile/);
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  const answer = await request.get(new URL("/api/users?offset=-1", page.url()).href);
  expect(answer.status()).toBe(401);
  expect(await answer.json()).toEqual({ message: "Sign in to sync." });
});
