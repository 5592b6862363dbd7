import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { quietPort } from "@tracer/local/ports";
import { openProjectCopy, type ProjectCopy } from "../../../generator/test/project-copy.ts";
import { launchBrowser } from "../../src/browser.ts";
import type { Row } from "../row.ts";
import { median } from "../statistics.ts";

const starts = 3;
const edits = 6;
/** How long a start may take, in milliseconds. */
const startLimit = 120_000;
const edited = "packages/web/src/components/landing/hero.tsx";
const heading = "See a Postgres row live in your browser.";

/** `npm run dev` in a copy of the project, and edits of the landing page's heading. */
export const row: Row = {
  title: "npm run dev",
  about: [
    "From the command to the landing page's text in Chromium, with the database, the shape server and",
    "Vite in a copy of the project, and from a changed source file to the DOM.",
  ].join(" "),
  measure: async () => {
    await using browser = await launchBrowser();
    await using copy = await openProjectCopy();
    const started: number[] = [];
    const shown: number[] = [];
    for (let start = 0; start < starts; start++) {
      await using server = startDevelopment(copy, await quietPort());
      await using context = await browser.newContext();
      const page = await context.newPage();
      // The first start makes the database and Vite's cache.
      const [up] = await Promise.all([openWhenUp(page, server.url), viteConnected(page)]);
      started.push((up - server.began) / 1000);
      if (start === starts - 1) shown.push(...(await edit(copy, page)));
    }
    const [first = Number.NaN, ...again] = started;
    return [
      { what: "first start to text in the page", unit: "s", aimed: "app", aim: "", app: first },
      { what: "start to text in the page", unit: "s", aimed: "app", aim: "≤ 4", app: median(again) },
      { what: "edit to DOM", unit: "ms", aimed: "app", aim: "≤ 80", app: median(shown) },
    ];
  },
};

function startDevelopment({ folder }: ProjectCopy, port: number) {
  const began = performance.now();
  const command = spawn("npm", ["run", "dev", "--", "--port", String(port)], {
    cwd: folder,
    // The parts of the command end with their process group.
    detached: true,
    stdio: "ignore",
  });
  const ended = once(command, "exit");
  const stop = () => command.pid && process.kill(-command.pid, "SIGINT");
  process.once("exit", stop);
  return {
    url: `http://localhost:${port}/`,
    began,
    async [Symbol.asyncDispose]() {
      process.off("exit", stop);
      if (command.exitCode === null) stop();
      await ended;
    },
  };
}

/** Opens the page as soon as the server answers, and waits for the heading. Gives the moment of the heading. */
async function openWhenUp(page: Page, url: string): Promise<number> {
  while (!(await answers(url))) await delay(50);
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  return performance.now();
}

/** Waits until the page hears of edits. */
async function viteConnected(page: Page): Promise<void> {
  const says = "[vite] connected";
  await page.waitForEvent("console", {
    predicate: (message) => message.text().includes(says),
    timeout: startLimit,
  });
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

/** Edits the heading again and again. Gives the milliseconds from each edit to the DOM of the page. */
async function edit({ folder }: ProjectCopy, page: Page): Promise<number[]> {
  const path = join(folder, edited);
  const text = await readFile(path, "utf8");
  const taken: number[] = [];
  for (let n = 0; n <= edits; n++) {
    const name = `Edit ${n}`;
    // The page watches before the file changes.
    const watch = await page.evaluateHandle(watchHeading, name);
    const saved = performance.timeOrigin + performance.now();
    await writeFile(path, text.replace(heading, name));
    const shown = await watch.evaluate(({ moment }) => moment);
    // The first edit warms up.
    if (n > 0) taken.push(shown - saved);
    await delay(300);
  }
  return taken;
}

/** Runs in the page: gives the moment at which the heading will have a text, in milliseconds since 1970. */
function watchHeading(name: string): { moment: Promise<number> } {
  const moment = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("h1")?.textContent?.trim() !== name) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    observer.observe(document, { childList: true, characterData: true, subtree: true });
  });
  return { moment };
}
