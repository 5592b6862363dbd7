import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { launchBrowser } from "../../src/browser.ts";
import { contextOf, type Person } from "../../src/person.ts";
import { startRelay } from "../relay.ts";
import type { Measured, Row } from "../row.ts";
import { type Site, shapeOfRow } from "../site.ts";
import { percentile } from "../statistics.ts";

const writes = 40;
/** The first writes of each page warm up. */
const warmUp = 8;

/**
 * A write in one browser that another browser of the same person shows: in the app with its form, and on a bare page that
 * posts to the bare relay and follows the shape through the relay. In turns, each with the row of a person of its own.
 */
export const row: Row = {
  title: "Write in Chromium",
  about: [
    "A person's edit in the form of the profile, which another browser of the same person shows. The",
    "limit is a bare page that posts to a bare relay: one statement, no session, no checks, and a live",
    "poll that the relay passes on to Electric.",
  ].join(" "),
  measure: async (site) => {
    await using browser = await launchBrowser();
    await using relay = await startRelay(site);
    const ways = {
      limit: await openBarePages(browser, relay.url, site),
      app: await openProfiles(browser, site),
    };
    for (let write = 0; write < writes; write++) {
      for (const { save, watcher } of [ways.limit, ways.app]) {
        const name = `Ada ${randomUUID()}`;
        await save(name);
        await watcher.getByRole("heading", { level: 1, name, exact: true }).waitFor();
      }
    }
    return linesOf(await takenBy(ways.app), await takenBy(ways.limit));
  },
};

/** Two browsers of one person. Both show the person's row. */
interface Pair {
  /** The path that a write is posted to. */
  path: string;
  writer: Page;
  watcher: Page;
  /** Writes a name from the first browser. Resolves when the write is confirmed. */
  save: (name: string) => Promise<void>;
}

async function openProfiles(browser: Browser, { url, signUp }: Site): Promise<Pair> {
  const person = await signUp();
  const open = async () => openPage(await contextOf(browser, url, person), "/profile", person);
  const [writer, watcher] = [await open(), await open()];
  for (const page of [writer, watcher]) await page.getByRole("status", { name: "Sync: live" }).waitFor();
  const editButton = writer.getByRole("button", { name: "Edit profile" });
  const save = async (name: string) => {
    await editButton.click();
    await writer.getByLabel("Name").fill(name);
    await writer.getByRole("button", { name: "Save" }).click();
    await editButton.waitFor();
  };
  return { path: "/api/trpc/push", writer, watcher, save };
}

async function openBarePages(browser: Browser, url: string, { stack, signUp }: Site): Promise<Pair> {
  const person = await signUp();
  const path = `/page?${shapeOfRow(stack, person.id)}`;
  const open = async () => openPage(await browser.newContext({ baseURL: url }), path, person);
  const [writer, watcher] = [await open(), await open()];
  const save = (name: string) =>
    writer.evaluate(
      async ([id, name]) => {
        await (window as unknown as { write(id: string, name: string): Promise<unknown> }).write(id, name);
      },
      [person.id, name] as const,
    );
  return { path: "/write", writer, watcher, save };
}

/** Opens a page that keeps when each heading came into the DOM. Resolves when the page shows the person's name. */
async function openPage(context: BrowserContext, path: string, { name }: Person): Promise<Page> {
  await context.addInitScript(() => {
    const shown: Record<string, number> = {};
    Object.assign(window, { shown });
    performance.setResourceTimingBufferSize(10_000);
    new MutationObserver(() => {
      const name = document.querySelector("h1")?.textContent ?? "";
      shown[name] ??= performance.timeOrigin + performance.now();
    }).observe(document, { childList: true, characterData: true, subtree: true });
  });
  const page = await context.newPage();
  await page.goto(path);
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  return page;
}

/** What writes took, in milliseconds. */
interface Taken {
  /** From the request to its whole answer. */
  answered: number[];
  /** From the request to the DOM of the other browser. */
  shown: number[];
}

async function takenBy({ path, writer, watcher }: Pair): Promise<Taken> {
  const sent = await writer.evaluate(
    (path) =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.endsWith(path))
        .map(({ startTime, duration }) => ({ at: performance.timeOrigin + startTime, duration })),
    path,
  );
  // The objects of a page keep the order in which their names were set. The first name is that of the sign-up.
  const [, ...shown] = await watcher.evaluate(() =>
    Object.entries((window as unknown as { shown: Record<string, number> }).shown)
      .filter(([name]) => name.startsWith("Ada"))
      .map(([, at]) => at),
  );
  if (sent.length !== writes || shown.length !== writes)
    throw new Error(`Of ${writes} writes, ${sent.length} were sent and ${shown.length} were shown.`);
  return {
    answered: sent.map(({ duration }) => duration).slice(warmUp),
    shown: shown.map((at, write) => at - (sent[write]?.at ?? Number.NaN)).slice(warmUp),
  };
}

function linesOf(app: Taken, limit: Taken): Measured[] {
  const line = (what: string, of: keyof Taken, part: number, aim: string): Measured => ({
    ...{ what, unit: "ms", aimed: "app", aim },
    ...{ app: percentile(app[of], part), limit: percentile(limit[of], part) },
  });
  return [
    line("request to answer, p50", "answered", 0.5, "≤ 12"),
    line("request to answer, p95", "answered", 0.95, "≤ 18"),
    line("sent to the other's DOM, p50", "shown", 0.5, "≤ 22"),
    line("sent to the other's DOM, p95", "shown", 0.95, "≤ 30"),
  ];
}
