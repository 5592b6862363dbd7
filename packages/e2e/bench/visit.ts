import type { BrowserContext } from "@playwright/test";

/** What a visit to a page took, in milliseconds from the start of the navigation. */
export interface Visit {
  /** Until the person's name stood in the heading. */
  dataShown: number;
  /** Until the first text or picture was painted. */
  firstPaint: number;
}

/** Has every page of a browser note when its heading shows a name. */
export async function prepareVisits(context: BrowserContext, name: string): Promise<void> {
  await context.addInitScript((name) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("h1")?.textContent !== name) return;
      Object.assign(window, { dataShown: performance.now() });
      observer.disconnect();
    });
    observer.observe(document, { childList: true, characterData: true, subtree: true });
  }, name);
}

/**
 * Visits a page in a new tab, which stays open until the next visit.
 *
 * @param slowdown how many times slower the processor is made
 */
export async function visit(
  context: BrowserContext,
  { url, slowdown }: { url: string; slowdown: number },
): Promise<Visit> {
  for (const page of context.pages()) await page.close();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await page.goto(url, { waitUntil: "commit" });
  const seen = await page.waitForFunction(() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const { dataShown } = window as unknown as { dataShown?: number };
    return paint && dataShown !== undefined && { dataShown, firstPaint: paint.startTime };
  });
  const visit = await seen.jsonValue();
  if (!visit) throw new Error("The page shows no data.");
  return visit;
}
