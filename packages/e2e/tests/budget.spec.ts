import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, expectProfile, test } from "../src/test.ts";

const assets = fileURLToPath(new URL("../../web/.output/public", import.meta.url));

/** How much code each page may load before it works, in KB after gzip. */
const budgets = { "/": 126, "/sign-in": 160, "/profile": 265 };

/** Finds the scripts that the HTML of a page names, and so the browser loads at once. */
function scriptsIn(html: string): string[] {
  return [...new Set([...html.matchAll(/\/assets\/[\w.-]+\.js/g)].map(([path]) => path))];
}

/** A string that survives minification, and that occurs in the code of the sync alone. */
const sync = "electric-offset";

test("each page loads no more code than its budget, and public pages load no code of the sync", async ({
  page,
  signUp,
}) => {
  const pages = new Map<string, string>();
  for (const path of ["/", "/sign-in"]) pages.set(path, await (await page.request.get(path)).text());
  await signUp(page);
  pages.set("/profile", await (await page.request.get("/profile")).text());

  for (const [path, budget] of Object.entries(budgets)) {
    const scripts = scriptsIn(pages.get(path) ?? "");
    expect(scripts.length, path).toBeGreaterThan(2);
    const code = scripts.map((script) => readFileSync(assets + script, "utf8"));
    const weight = code.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).byteLength, 0) / 1000;
    console.log(`${path}: ${weight.toFixed(1)} KB of ${budget} KB`);
    expect(weight, `KB of scripts in ${path}: ${scripts.join(", ")}`).toBeLessThanOrEqual(budget);
    expect(code.join("").includes(sync), `${path} holds the sync`).toBe(path === "/profile");
  }
});

test("the form comes when somebody is about to edit or the browser is idle, and works without a network", async ({
  page,
  signUp,
}) => {
  await signUp(page);
  const html = await (await page.request.get("/profile")).text();
  const form = globSync("assets/profile-form-*.js", { cwd: assets })[0];
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
