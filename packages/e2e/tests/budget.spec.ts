import { globSync } from "node:fs";
import { builtFiles, codeOf } from "../src/page-code.ts";
import { watchScripts } from "../src/page-scripts.ts";
import { expect, expectProfile, test } from "../src/test.ts";

/** How much code each page may load before it works, in KB after gzip. */
const budgets = { "/": 110, "/sign-in": 127, "/profile": 118 };

/** How much code a profile may load in all, with the sync and what comes when the browser is idle, in KB after gzip. */
const profileInAll = 290;

/** A string that survives minification, and that occurs in the code of the sync alone. */
const sync = "electric-offset";

test("each page loads no more code than its budget, and no page needs code of the sync before it works", async ({
  page,
  signUp,
}) => {
  const pages = new Map<string, string>();
  for (const path of ["/", "/sign-in"]) pages.set(path, await (await page.request.get(path)).text());
  await signUp(page);
  pages.set("/profile", await (await page.request.get("/profile")).text());

  for (const [path, budget] of Object.entries(budgets)) {
    const { scripts, text, kilobytes } = codeOf(pages.get(path) ?? "");
    expect(scripts.length, path).toBeGreaterThan(1);
    console.log(`${path}: ${kilobytes.toFixed(1)} KB of ${budget} KB`);
    expect(kilobytes, `KB of scripts in ${path}: ${scripts.join(", ")}`).toBeLessThanOrEqual(budget);
    expect(text.includes(sync), `${path} holds the sync`).toBe(false);
  }
});

test("a profile loads the sync once, after the page, and no more code than its budget in all", async ({
  page,
  signUp,
}) => {
  await signUp(page);
  const html = await (await page.request.get("/profile")).text();
  const loaded = watchScripts(page);
  const last = [/profile-form-/, /sign-in-again-/, /serverFnFetcher-/].map((file) =>
    page.waitForResponse(file),
  );
  await page.reload();
  await Promise.all(last);
  await expectProfile(page, "Ada Lovelace");
  const { scripts, kilobytes } = codeOf(loaded().join("\n"));
  console.log(`/profile in all: ${kilobytes.toFixed(1)} KB of ${profileInAll} KB`);
  expect(kilobytes, `KB of scripts in all: ${scripts.join(", ")}`).toBeLessThanOrEqual(profileInAll);
  expect(scripts).toEqual(expect.arrayContaining([...codeOf(html).scripts]));
  expect(scripts.filter((script) => codeOf(script).text.includes(sync))).toHaveLength(1);
});

test("the form comes when somebody is about to edit or the browser is idle, and works without a network", async ({
  page,
  signUp,
}) => {
  await signUp(page);
  const html = await (await page.request.get("/profile")).text();
  const form = globSync("assets/profile-form-*.js", { cwd: builtFiles })[0];
  expect(form).toBeDefined();
  expect(html).not.toContain(form);

  const loaded = page.waitForResponse((answer) => answer.url().endsWith(form ?? ""));
  await page.reload();
  await expectProfile(page, "Ada Lovelace");
  await (await loaded).finished();
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
});
