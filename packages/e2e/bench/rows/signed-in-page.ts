import type { Browser, BrowserContext } from "@playwright/test";
import { launchBrowser } from "../../src/browser.ts";
import { contextOf, type Person } from "../../src/person.ts";
import { startRelay } from "../relay.ts";
import type { Measured, Row } from "../row.ts";
import type { Site } from "../site.ts";
import { median } from "../statistics.ts";
import { prepareVisits, type Visit, visit } from "../visit.ts";

const rounds = 5;
/** How many times slower the processor is made, by the visits of a round. */
const slowdowns = [1, 4] as const;
type Slowdown = (typeof slowdowns)[number];

/** The profile of a signed-in person against the same page as a static file without scripts, in turns. */
export const row: Row = {
  title: "Signed-in page",
  about: [
    "A signed-in person opens the profile with a new browser, and once more with the same browser: from",
    "the start of the navigation until the row's name is in the DOM, and until the first paint. The limit",
    'is the same page as a static file without scripts. "4× CPU" slows the processor down as Chromium\'s',
    "developer tools do.",
  ].join(" "),
  measure: async (site) => {
    const person = await site.signUp();
    await using browser = await launchBrowser();
    await using relay = await startRelay(site, await withoutScripts(site, person));
    const ways = {
      limit: { url: `${relay.url}/static`, settled: async () => {} },
      app: { url: `${site.url}/profile`, settled: waitForSync },
    };
    const taken: Record<keyof typeof ways, Taken[]> = { limit: [], app: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const slowdown of slowdowns) {
        for (const name of ["limit", "app"] as const) {
          const visits = await visitTwice(browser, site, person, { ...ways[name], slowdown });
          // The first round warms up.
          if (round > 0) taken[name].push({ slowdown, ...visits });
        }
      }
    }
    const of = (name: keyof typeof ways, slowdown: Slowdown, read: (visits: Taken) => number) =>
      median(taken[name].filter((one) => one.slowdown === slowdown).map(read));
    const line = (
      what: string,
      slowdown: Slowdown,
      aim: string,
      read: (visits: Taken) => number,
    ): Measured => ({
      ...{ what: `${what}, ${slowdown}× CPU`, unit: "ms", aimed: "app", aim },
      ...{ app: of("app", slowdown, read), limit: of("limit", slowdown, read) },
    });
    return [
      line("first visit, data in DOM", 1, "≤ 240", ({ first }) => first.dataShown),
      line("first visit, data in DOM", 4, "≤ 500", ({ first }) => first.dataShown),
      line("cached, data in DOM", 1, "≤ 90", ({ cached }) => cached.dataShown),
      line("cached, data in DOM", 4, "≤ 320", ({ cached }) => cached.dataShown),
      line("first visit, first paint", 1, "≤ 200", ({ first }) => first.firstPaint),
      line("first visit, first paint", 4, "≤ 400", ({ first }) => first.firstPaint),
    ];
  },
};

interface Taken {
  slowdown: Slowdown;
  first: Visit;
  cached: Visit;
}

interface Way {
  url: string;
  slowdown: Slowdown;
  /** Waits until a first visit has loaded what the next visit finds in the browser. */
  settled: (context: BrowserContext) => Promise<void>;
}

/** Visits a page with a new browser, and then once more with the same browser. */
async function visitTwice(
  browser: Browser,
  site: Site,
  person: Person,
  { url, slowdown, settled }: Way,
): Promise<Omit<Taken, "slowdown">> {
  await using context = await contextOf(browser, site.url, person);
  await prepareVisits(context, person.name);
  const first = await visit(context, { url, slowdown });
  await settled(context);
  return { first, cached: await visit(context, { url, slowdown }) };
}

async function waitForSync(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) await page.getByRole("status", { name: "Sync: live" }).waitFor();
}

/** Returns the HTML of the person's profile without its scripts. */
async function withoutScripts({ url }: Site, { headers }: Person): Promise<string> {
  const html = await (await fetch(`${url}/profile`, { headers })).text();
  return html.replaceAll(/<script.*?<\/script>|<link[^>]*rel="(modulepreload|preload)"[^>]*>/gs, "");
}
