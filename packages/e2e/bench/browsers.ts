/**
 * Measures what browsers that wait for changes cost the server: memory and bytes, by polls of their own and over the line,
 * how long a change takes to arrive, and what the server does with more lines than it holds. Linux only.
 *
 *   npm run bench:browsers -w @tracer/e2e -- 5000 line
 *   … -- 1000 line --per-user 1 --profile
 *
 * The first argument is the number of browsers. The second, `line` or `polls`, measures one of both. A person has eight
 * browsers, or as many as `--per-user` says. `--profile` shows what has made the objects on the server's heap.
 */
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { manyTables, openManyTables } from "../src/many-tables.ts";
import { createUsers, startServer } from "./browsers-server.ts";
import type { Task } from "./browsers-task.ts";
import { percentile } from "./statistics.ts";
import { expectOpenFiles, startBrowsers, writeSteadily } from "./waiting-browsers.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "per-user": { type: "string", default: "8" },
    beyond: { type: "string", default: "0" },
    profile: { type: "boolean", default: false },
  },
});
const browsers = Number(positionals[0] ?? 1_000);
const perUser = Number(values["per-user"]);
/** How many more browsers come in the end than the server is measured with. */
const beyond = Number(values.beyond);
const tables = manyTables.slice(0, 6);
const writesPerSecond = 50;
const seconds = 30;

expectOpenFiles(browsers + beyond, browsers / perUser, tables.length);
console.log("Building the app with six tables …");
await using project = await openManyTables(tables.length);
await project.build();
for (const way of ["line", "polls"] as const)
  if (positionals[1] === undefined || positionals[1] === way) await measure(way);

async function measure(way: Task["way"]): Promise<void> {
  await using server = await startServer(project);
  const { url, sql, inspector, processorTime } = server;
  const users = await createUsers(server, { browsers: browsers + beyond, perUser, tables });
  using client = startBrowsers({ url, tables, way, users, first: browsers });
  await client.reached("loaded");
  const before = await inspector.memory();
  if (values.profile) await inspector.startSampling();
  client.send("hold");
  await client.reached("held");
  // The last requests are taken up, and the memory of the loads is given back.
  await delay(15_000);
  const held = await inspector.memory();
  const holders = values.profile ? await inspector.stopSampling() : [];
  console.log(`${seconds} s of ${writesPerSecond} commits/s …`);
  const processorBefore = await processorTime();
  const load = loadavg()[0] ?? 0;
  const committed = await writeSteadily(sql, users.slice(0, Math.floor(browsers / perUser)), {
    tables,
    perSecond: writesPerSecond,
    seconds,
  });
  await delay(3_000);
  const processor = (await processorTime()) - processorBefore;
  const after = await inspector.memory();
  client.send("more");
  const { more, refused } = await client.told("more");
  client.send("end");
  const { bytes, failed, reopened, unanswered } = await client.told("bytes");

  const latencies = client.latenciesOf(committed);
  const dropped = [...committed.keys()].filter((id) => client.arrivedAt(id).length !== perUser);
  const each = (now: number, then: number) => `${((now - then) / 1024 / browsers).toFixed(0)} KB`;
  const rows = [
    ["browsers, shapes of each, browsers of a person", `${browsers}, ${tables.length}, ${perUser}`],
    ["memory of the process before", `${megabytes(before.resident)} (heap ${megabytes(before.heap)})`],
    ["memory while they wait", `${megabytes(held.resident)} (heap ${megabytes(held.heap)})`],
    ["for each", `${each(held.resident, before.resident)} (heap ${each(held.heap, before.heap)})`],
    [
      `after ${seconds} s of ${writesPerSecond} commits/s`,
      `${each(after.resident, before.resident)} (heap ${each(after.heap, before.heap)})`,
    ],
    [
      "COMMIT to browser, p50 and p99",
      `${percentile(latencies, 0.5).toFixed(1)} and ${percentile(latencies, 0.99).toFixed(1)} ms`,
    ],
    [
      "changes that arrived",
      `${latencies.length} of ${committed.size * perUser}; ${dropped.length} of ${committed.size} commits not everywhere`,
    ],
    ["processor time of the process", `${processor.toFixed(1)} s in ${seconds + 3} s`],
    ["bytes for each, both ways, with headers", each(bytes, 0)],
    ["lines that ended and were opened again", `${reopened}`],
    ["polls that the server answered with 503", `${unanswered}`],
    ["requests that failed", failed.length === 0 ? "none" : countEach(failed)],
    ["more browsers that came, and were refused with 503 and retry-after", `${more} and ${refused}`],
    ["load average of the machine", load.toFixed(1)],
  ];
  console.log(`\n| ${way} | |\n|---|---|\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`);
  for (const { name, bytes } of holders.slice(0, 40)) console.log(`${each(bytes, 0).padStart(8)}  ${name}`);
}

/** Such as "2 × a line broke off; 1 × 503 for a poll". */
function countEach(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts].map(([reason, all]) => `${all.length} × ${reason}`).join("; ");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
