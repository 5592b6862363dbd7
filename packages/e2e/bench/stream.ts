/**
 * Measures what a text that streams in costs a tab, in Chromium on plain HTTP/1.1: as a column that grows with each
 * update, and in pieces with `streamText`. Prints the traffic, the time from the write to the DOM, and how idle the main
 * thread is. `npm run bench:stream -w @tracer/e2e`
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";
import type { TextStream } from "@tracer/core/text-stream/text-stream";
import { launchBrowser } from "../src/browser.ts";
import { type Fronted, startFronted } from "../src/site.ts";
import { openStreamedMessages } from "../src/streamed-messages.ts";
import { openBrowser } from "../src/tabs.ts";

const textLength = 7_900;
/** In milliseconds. */
const interval = 50;
/** How many pieces the model gives in each interval. */
const piecesPerInterval = 3;
const updates = 550;
const text = Array.from({ length: textLength }, (_, index) => "lorem ipsum dolor "[index % 18]).join("");

/** When a text of some length was written, and when a page showed it. In milliseconds since 1970. */
interface Moment {
  length: number;
  at: number;
}

await using project = await openStreamedMessages();
await project.build();
await using site = await startFronted(project, "built");
Object.assign(process.env, site.links);
const browser = await launchBrowser();
try {
  for (const [name, write] of Object.entries({ "one growing column": growColumn, "in pieces": inPieces }))
    await measure(name, write);
} finally {
  await browser.close();
}

type Write = (id: string) => Promise<Moment[]>;

async function measure(name: string, write: Write): Promise<void> {
  await using opened = await openBrowser(browser, site);
  const tab = await opened.context.newPage();
  const id = await addMessage(site, opened.person.id);
  await tab.goto("/messages");
  await tab.locator(`#message-${id}`).waitFor({ state: "attached" });
  // The last of the loads ends.
  await delay(3_000);
  await watch(tab, id);
  const devtools = await opened.context.newCDPSession(tab);
  // The processor time of the main thread: other programs on the machine do not count.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find((one) => one.name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = { bytes: site.front.bytes(), busy: await busy(), at: performance.now() };
  const written = await write(id);
  const shown = await shownIn(tab, id);
  const seconds = (performance.now() - before.at) / 1000;
  const idle = 1 - ((await busy()) - before.busy) / seconds;
  const bytes = site.front.bytes() - before.bytes;
  const taken = written.flatMap(({ length, at }) => {
    const first = shown.find((one) => one.length >= length);
    return first ? [first.at - at] : [];
  });
  console.log(`${name}: ${textLength} characters in ${written.length} writes and ${seconds.toFixed(1)} s
  ${(bytes / 1024).toFixed(0)} KB a tab, both ways, with headers
  write to DOM: p50 ${percentile(taken, 0.5)} ms, p95 ${percentile(taken, 0.95)} ms, ${taken.length} of ${written.length} seen
  main thread idle ${(idle * 100).toFixed(1)} %`);
}

async function addMessage({ sql }: Fronted, author: string): Promise<string> {
  const id = randomUUID();
  await sql.query("insert into message (id, author_id) values ($1, $2)", [id, author]);
  return id;
}

/** Keeps when the text on the page grew. */
async function watch(tab: Page, id: string): Promise<void> {
  await tab.evaluate((id) => {
    const element = document.querySelector(`#message-${id}`);
    if (!element) throw new Error("The page does not show the message.");
    const shown: Moment[] = [];
    Object.assign(window, { shown });
    const keep = () =>
      shown.push({
        length: element.textContent?.length ?? 0,
        at: performance.timeOrigin + performance.now(),
      });
    new MutationObserver(keep).observe(element, { childList: true, characterData: true, subtree: true });
  }, id);
}

/** Waits until the whole text has come to rest on the page. Gives when the text grew. */
async function shownIn(tab: Page, id: string): Promise<Moment[]> {
  const message = tab.locator(`#message-${id}[data-state=complete]`);
  await message.filter({ hasText: text }).waitFor({ state: "attached" });
  return tab.evaluate(() => (window as unknown as { shown: Moment[] }).shown);
}

/** Writes the text so far into its row, again and again. */
async function growColumn(id: string): Promise<Moment[]> {
  const written: Moment[] = [];
  const began = performance.now();
  for (let n = 1; n <= updates; n++) {
    const length = Math.round((textLength * n) / updates);
    written.push({ length, at: performance.timeOrigin + performance.now() });
    await site.sql.query("update message set text = $2, updated_at = now() where id = $1", [
      id,
      text.slice(0, length),
    ]);
    await delay(Math.max(0, began + n * interval - performance.now()));
  }
  return written;
}

/** Writes the text in pieces. The moments are the times at which Postgres began the statements. */
async function inPieces(id: string): Promise<Moment[]> {
  const core = join(project.folder, "packages/core/src");
  const { streamText }: typeof import("@tracer/core/text-stream/text-stream") = await import(
    join(core, "text-stream/text-stream.ts")
  );
  const { message, messageChunk } = await import(join(core, "message/message.sql.ts"));
  const stream: TextStream = {
    text: message.text,
    state: message.state,
    chunks: messageChunk,
    of: messageChunk.messageId,
  };
  let written: Moment[] = [];
  await streamText(
    stream,
    id,
    async function* () {
      const began = performance.now();
      const pieces = updates * piecesPerInterval;
      for (let n = 1; n <= pieces; n++) {
        yield text.slice(Math.round((textLength * (n - 1)) / pieces), Math.round((textLength * n) / pieces));
        await delay(Math.max(0, began + (n * interval) / piecesPerInterval - performance.now()));
      }
      written = await momentsOf(id);
    },
    { interval },
  );
  return written;
}

async function momentsOf(id: string): Promise<Moment[]> {
  const { rows } = await site.sql.query<{ length: number; at: string }>(
    `select position + length(text) as length, extract(epoch from created_at) * 1000 as at
     from message_chunk where message_id = $1 order by position`,
    [id],
  );
  return rows.map(({ length, at }) => ({ length, at: Number(at) }));
}

function percentile(values: number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * part)] ?? Number.NaN).toFixed(1);
}
