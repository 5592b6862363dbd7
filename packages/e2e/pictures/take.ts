/**
 * Takes the pictures of the README from the running app, in both themes: `npm run pictures`. The app runs on a stack of
 * its own, with new data.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, expect } from "@playwright/test";
import { startApp } from "@tracer/local/app";
import pg from "pg";
import { findBrowser } from "../src/browser.ts";
import { logLines } from "../src/log-lines.ts";
import { lookFile, lookOfPictures, pictures } from "./look.ts";
import { filmTwoWindows } from "./two-windows.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const themes = ["light", "dark"] as const;
/** How often an edit is pictured at most, in search of one that was quick. At most eight dots are drawn. */
const most = 8;
const person = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };

await using opened = new AsyncDisposableStack();
const dataDir = await mkdtemp(join(tmpdir(), "pictures-"));
opened.defer(() => rm(dataDir, { recursive: true, force: true }));
const app = await startApp({ mode: "built", dataDir, fsync: false, report: logLines().report });
opened.defer(() => app.close());
const sql = opened.adopt(new pg.Client({ connectionString: app.stack.databaseUrl }), (client) =>
  client.end(),
);
await sql.connect();
const executablePath = findBrowser();
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
opened.defer(() => browser.close());

await mkdir(join(root, pictures), { recursive: true });
const cookies = await signUp(browser);
for (const theme of themes) {
  await sql.query(`update "user" set name = $1, email_verified = true`, [person.name]);
  await using film = await openContext(browser, theme, 1.5);
  await film.addCookies(cookies);
  await save(`two-windows-${theme}.png`, await filmTwoWindows(film, theme));
  await using still = await openContext(browser, theme, 2);
  await still.addCookies(cookies);
  await save(`inspector-${theme}.png`, await pictureInspector(still));
}
await writeFile(join(root, lookFile), `${lookOfPictures()}\n`);

/** @param deviceScaleFactor how many pixels a CSS pixel takes */
async function openContext(
  browser: Browser,
  colorScheme: (typeof themes)[number],
  deviceScaleFactor: number,
): Promise<BrowserContext> {
  return await browser.newContext({ baseURL: app.url, colorScheme, deviceScaleFactor, locale: "en-GB" });
}

/** Signs the person up. Gives the cookies of the session. */
async function signUp(browser: Browser) {
  await using context = await openContext(browser, "light", 1);
  const answer = await context.request.post("/api/auth/sign-up/email", {
    data: person,
    headers: { origin: app.url },
  });
  if (!answer.ok()) throw new Error(`Signing up failed: ${await answer.text()}`);
  return await context.cookies();
}

/** Pictures the inspector beside the profile, after an edit, with the dot on its way. A second tab watches. */
async function pictureInspector(context: BrowserContext): Promise<Buffer> {
  // The first tab leads the line.
  const page = await context.newPage();
  await page.setViewportSize({ width: 1240, height: 800 });
  await page.goto("/profile?inspect");
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  await inspector.getByText("this tab, leads").waitFor();
  const other = await context.newPage();
  await other.goto("/profile");
  await other.getByRole("status", { name: "Sync: live" }).waitFor();
  await page.bringToFront();
  await inspector.getByText("1 other tab").waitFor();
  const edit = async (name: string) => {
    await page.getByRole("button", { name: "Edit profile" }).click();
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Edit profile" }).waitFor();
  };
  const onTheWay = inspector.locator("[data-station]:not([data-station=collection])");
  // The first edits are slow, since the code for edits has not run yet, and the machine may be busy.
  for (let tries = 1; tries <= most; tries++) {
    // On a busy machine the dot may have passed before the script looks.
    const isAtStream = inspector
      .locator("[data-station=postgres], [data-station=stream]")
      .first()
      .waitFor({ state: "attached", timeout: 5_000 })
      .catch(() => {});
    await edit(tries % 2 === 0 ? person.name : "Ada Byron");
    await isAtStream;
    const picture = await page.screenshot();
    const total = await inspector
      .getByText("edit to confirmed")
      .locator("xpath=preceding-sibling::*")
      .innerHTML();
    const wasQuick = /^\d\d(\.\d)? ms$/.test(total);
    if (tries === most || (wasQuick && tries > 2 && tries % 2 === 0)) return picture;
    await expect(onTheWay).toHaveCount(0, { timeout: 30_000 });
  }
  throw new Error("There is no picture.");
}

async function save(name: string, picture: Buffer): Promise<void> {
  await writeFile(join(root, pictures, name), picture);
  console.log(`${pictures}/${name}: ${Math.round(picture.length / 1000)} KB`);
}
