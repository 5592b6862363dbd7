/**
 * Measures how long a write takes until it is confirmed, in Chromium on plain HTTP/1.1: of one table in one tab, and of
 * twelve tables in twelve tabs, at rest and under edits of the other tabs. `npm run bench:tabs -w @tracer/e2e -- built`,
 * or `-- dev`.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { launchBrowser } from "../src/browser.ts";
import { manyTables, openManyTables } from "../src/many-tables.ts";
import { type Fronted, startFronted } from "../src/site.ts";
import { edit, openBrowser, shownIn } from "../src/tabs.ts";

const mode = process.argv[2] === "dev" ? "dev" : "built";
const writes = 200;
const busyWrites = 100;
const editsPerSecond = 20;

await using project = await openManyTables(manyTables.length);
if (mode === "built") await project.build();
await using site = await startFronted(project, mode);
const browser = await launchBrowser();
try {
  const alone = await measure(1, 1);
  const all = await measure(12, 12);
  console.log(
    `${mode}: p95 of 12 tables in 12 tabs is ${(all / alone).toFixed(2)} times that of one table in one tab`,
  );
} finally {
  await browser.close();
}

/**
 * Opens tabs and prints what writes of one of them take.
 *
 * @returns the p95 of writes at rest, in milliseconds
 */
async function measure(tables: number, tabCount: number): Promise<number> {
  await using opened = await openBrowser(browser, site);
  const { person, tabs } = opened;
  const ids = await insertRows(site, person.id);
  await tabs.fillTo(tabCount, tables);
  for (const tab of tabs.all) await waitForRows(tab, tables);
  // The last of the loads ends, and the browser lets go of the connections.
  await delay(8_000);
  const { connections } = site.front;
  const idle = { connections: connections(), held: site.front.held().length };
  const began = { bytes: site.front.bytes(), at: performance.now() };
  const [tab] = tabs.all;
  if (!tab) throw new Error("No tab is open.");
  const rest = await writeFrom(tab, tables, ids, writes);
  const bytes = site.front.bytes() - began.bytes;
  console.log(`${mode}, ${tables} tables in ${tabCount} tabs: ${idle.connections} connections at rest, ${idle.held} held requests
  ${writes} writes: p50 ${percentile(rest, 0.5)} ms, p95 ${percentile(rest, 0.95)} ms; ${(bytes / writes / 1024).toFixed(1)} KB each`);
  const others = tabs.all.length > 1 ? tabs.all.slice(1) : tabs.all;
  const busy = new AbortController();
  const editing = editSteadily(others, tables, ids, busy.signal);
  const loaded = await writeFrom(tab, tables, ids, busyWrites);
  busy.abort();
  const { perSecond, failed } = await editing;
  console.log(
    `  under ${perSecond.toFixed(0)} edits/s of other tabs (${failed} failed): p50 ${percentile(loaded, 0.5)} ms, p95 ${percentile(loaded, 0.95)} ms; at most ${site.front.peak.connections} connections, ${site.front.peak.lines} lines, ${site.front.peak.polls} polls beside them`,
  );
  return percentile(rest, 0.95);
}

/** Gives each table two rows: one for the measured writes, and one for the edits of other tabs. */
async function insertRows({ sql }: Fronted, ownerId: string) {
  const made = new Map<string, { measured: string; others: string }>();
  for (const table of manyTables) {
    const ids = { measured: randomUUID(), others: randomUUID() };
    for (const id of Object.values(ids))
      await sql.query(`insert into ${table} (id, user_id, name) values ($1, $2, 'first')`, [id, ownerId]);
    made.set(table, ids);
  }
  return made;
}

async function waitForRows(tab: Page, tables: number): Promise<void> {
  for (;;) {
    const shown = Object.values(await shownIn(tab));
    if (shown.length === tables && shown.every((names) => names.length === 2)) return;
    await delay(50);
  }
}

/** Writes one after the other, through the tables in turns. Gives milliseconds until each was confirmed. */
async function writeFrom(
  tab: Page,
  tables: number,
  ids: Awaited<ReturnType<typeof insertRows>>,
  count: number,
): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < count; n++) {
    const table = manyTables[n % tables] ?? "alphas";
    taken.push(await edit(tab, table, ids.get(table)?.measured ?? "", `measured ${randomUUID()}`));
  }
  return taken;
}

/** Edits rows at a steady pace until the signal aborts. Gives how many edits a second were made, and how many failed. */
async function editSteadily(
  tabs: Page[],
  tables: number,
  ids: Awaited<ReturnType<typeof insertRows>>,
  signal: AbortSignal,
): Promise<{ perSecond: number; failed: number }> {
  const under: Promise<unknown>[] = [];
  let failed = 0;
  const began = performance.now();
  while (!signal.aborted) {
    const n = under.length;
    const table = manyTables[n % tables] ?? "alphas";
    const tab = tabs[n % tabs.length];
    const made = tab && edit(tab, table, ids.get(table)?.others ?? "", `edit ${randomUUID()}`);
    under.push(Promise.resolve(made).catch(() => failed++));
    await delay(Math.max(0, began + (under.length * 1000) / editsPerSecond - performance.now()));
  }
  const perSecond = (under.length / (performance.now() - began)) * 1000;
  await Promise.all(under);
  return { perSecond, failed };
}

function percentile(values: number[], part: number): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN);
}
