import { setTimeout as delay } from "node:timers/promises";
import type { PartsPage } from "./page.ts";
import type { Stage } from "./stage.ts";

/** How long everything may take to come to rest after the cause has gone, in milliseconds. */
const restTimeout = 60_000;

/**
 * Waits until every write is told and every page shows, live, what Postgres holds.
 *
 * @param gone when the cause of the fault has gone, as `performance.now()` says it
 * @returns what is not as it must be after a minute; undefined when all is
 */
export async function untilRest(stage: Stage, gone: number): Promise<string | undefined> {
  for (;;) {
    const wrong = await unrest(stage);
    if (wrong === undefined || performance.now() - gone > restTimeout) return wrong;
    await delay(20);
  }
}

async function unrest({ pages, query }: Stage): Promise<string | undefined> {
  const untold = pages.flatMap(({ told }) => [...told.values()].filter((saved) => saved === undefined));
  if (untold.length > 0) return `${untold.length} writes are not told`;
  const asked = await query(`select id, name from "user"`).catch(() => undefined);
  if (!asked) return "Postgres does not answer";
  const { rows } = asked;
  for (const page of pages) {
    const expected = rows.find(({ id }) => id === page.userId)?.name;
    const shown = await page.show();
    if (shown.name !== expected || shown.sync !== "live")
      return `a page shows ${shown.name}, ${shown.sync}, and Postgres holds ${expected}`;
  }
  return undefined;
}

/** What has become of the writes of some pages, against what Postgres has written down. */
export interface Audit {
  readonly made: number;
  readonly refused: number;
  /** Told as saved, and not in Postgres. */
  readonly lost: number;
  /** In Postgres, and not told as saved, or twice. */
  readonly phantom: number;
  /** Never told. */
  readonly inDoubt: number;
  /** Whether Postgres holds the saved writes of each page in the order in which the page made them. */
  readonly inOrder: boolean;
}

/** Compares what the pages were told with the names that Postgres has noted, in their order, for each user. */
export function audit(pages: readonly PartsPage[], written: ReadonlyMap<string, readonly string[]>): Audit {
  let [made, refused, lost, phantom, inDoubt, inOrder] = [0, 0, 0, 0, 0, true];
  for (const { userId, told } of pages) {
    const names = written.get(userId) ?? [];
    const kept = new Set(names);
    const saved = [...told].filter(([, wasSaved]) => wasSaved).map(([name]) => name);
    const isSaved = new Set(saved);
    made += told.size;
    refused += [...told.values()].filter((wasSaved) => wasSaved === false).length;
    inDoubt += [...told.values()].filter((wasSaved) => wasSaved === undefined).length;
    lost += saved.filter((name) => !kept.has(name)).length;
    phantom += names.filter((name) => !isSaved.has(name)).length + names.length - kept.size;
    inOrder &&= names.filter((name) => isSaved.has(name)).join() === saved.join();
  }
  return { made, refused, lost, phantom, inDoubt, inOrder };
}
