/**
 * Keeps signed-in browsers waiting for changes while rows change, and watches what the web process holds: memory must stay
 * flat, and every change must arrive. Prints the slope of the memory after the warm-up and the time from COMMIT to browser.
 * The exit code is 1 when a change was dropped or a request failed. Linux only.
 *
 *   npm run bench:soak
 *   npm run bench:soak -- --minutes 2 --browsers 300
 */
import { parseArgs } from "node:util";
import { manyTables, openManyTables } from "../src/many-tables.ts";
import { createUsers, startServer } from "./browsers-server.ts";
import { slopeOf } from "./slope.ts";
import { percentile } from "./statistics.ts";
import { expectOpenFiles, startBrowsers, writeSteadily } from "./waiting-browsers.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    browsers: { type: "string", default: "1000" },
    "per-user": { type: "string", default: "1" },
  },
});
const minutes = Number(values.minutes);
const browsers = Number(values.browsers);
/** How many browsers a person has. */
const perUser = Number(values["per-user"]);
const perSecond = 50;
const tables = manyTables.slice(0, 6);
/** The part of the time in which the process still takes what it needs for the load. */
const warmUp = 0.2;
/** How often the memory is measured, in seconds. */
const interval = 10;

/** What the web process held at a moment. */
interface Held {
  /** Since the first write. */
  readonly minutes: number;
  readonly resident: number;
  readonly heap: number;
}

expectOpenFiles(browsers, browsers / perUser, tables.length);
console.log("Building the app with six tables …");
await using project = await openManyTables(tables.length);
await project.build();
await using server = await startServer(project);
const { url, sql, inspector } = server;
const users = await createUsers(server, { browsers, perUser, tables });
using clients = startBrowsers({ url, tables, way: "line", users, first: browsers });
await clients.reached("loaded");
clients.send("hold");
await clients.reached("held");

console.log(`${minutes} minutes of ${perSecond} writes a second …`);
const held: Held[] = [];
const committed = new Map<number, number>();
const began = performance.now();
while (performance.now() - began < minutes * 60_000) {
  const load = { tables, perSecond, seconds: interval, from: committed.size };
  for (const [write, at] of await writeSteadily(sql, users, load)) committed.set(write, at);
  held.push({ minutes: (performance.now() - began) / 60_000, ...(await inspector.memory()) });
  report(held.at(-1), clients.latenciesOf(committed));
}
const minutesTaken = (performance.now() - began) / 60_000;

// What is under way arrives.
const [last] = [...committed.keys()].slice(-1);
if (last !== undefined) await clients.arrivals(last, perUser).catch(() => {});
clients.send("more");
await clients.told("more");
clients.send("end");
const { failed, reopened, unanswered } = await clients.told("bytes");

const counts = [...committed.keys()].map((write) => clients.arrivedAt(write).length);
const dropped = counts.filter((count) => count < perUser);
const twice = counts.filter((count) => count > perUser);
const latencies = clients.latenciesOf(committed);
const settled = held.filter((one) => one.minutes >= warmUp * minutes);
const slope = (read: (one: Held) => number) =>
  `${(slopeOf(settled.map((one) => [one.minutes, read(one) / 1024])) ?? 0).toFixed(1)} KB a minute`;
console.log(`
${browsers} browsers with ${tables.length} shapes each, ${committed.size} writes, ${(committed.size / (60 * minutesTaken)).toFixed(0)} a second
memory after the warm-up: ${slope((one) => one.resident)} resident, ${slope((one) => one.heap)} heap
COMMIT to browser: p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms
writes that did not arrive everywhere: ${dropped.length}; that a browser got twice: ${twice.length}
lines that ended and were opened anew: ${reopened}, polls that the server answered with 503: ${unanswered}
requests that failed: ${failed.length} ${[...new Set(failed)].join("; ")}`);
if (dropped.length > 0 || failed.length > 0) process.exitCode = 1;

function report(one: Held | undefined, latencies: readonly number[]): void {
  if (!one) return;
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  console.log(
    `${one.minutes.toFixed(1)} min: ${megabytes(one.resident)} (heap ${megabytes(one.heap)}), p99 so far ${percentile(latencies, 0.99).toFixed(1)} ms`,
  );
}
