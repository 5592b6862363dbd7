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
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type pg from "pg";
import { manyTables, openManyTables } from "../src/many-tables.ts";
import type { Report, Task } from "./browsers-client.ts";
import { createUsers, startServer } from "./browsers-server.ts";
import { percentile } from "./statistics.ts";

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

expectOpenFiles(browsers + beyond + (browsers / perUser) * tables.length + 1_000);
console.log("Building the app with six tables …");
await using project = await openManyTables(tables.length);
await project.build();
for (const way of ["line", "polls"] as const)
  if (positionals[1] === undefined || positionals[1] === way) await measure(way);

async function measure(way: Task["way"]): Promise<void> {
  await using server = await startServer(project);
  const { url, sql, inspector, processorTime } = server;
  const users = await createUsers(server, { browsers: browsers + beyond, perUser, tables });
  const client = startClient({ url, tables, way, users, first: browsers });
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
  const committed = await write(sql, users.slice(0, Math.floor(browsers / perUser)));
  await delay(3_000);
  const processor = (await processorTime()) - processorBefore;
  const after = await inspector.memory();
  client.send("more");
  const { more, refused } = await client.told("more");
  client.send("end");
  const { bytes, failed, reopened } = await client.told("bytes");

  const latencies = [...committed].flatMap(([id, at]) => client.arrivedAt(id).map((came) => came - at));
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
    ["requests that failed", failed.length === 0 ? "none" : countEach(failed)],
    ["more browsers that came, and were refused with 503 and retry-after", `${more} and ${refused}`],
    ["load average of the machine", load.toFixed(1)],
  ];
  console.log(`\n| ${way} | |\n|---|---|\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`);
  for (const { name, bytes } of holders.slice(0, 40)) console.log(`${each(bytes, 0).padStart(8)}  ${name}`);
}

/** Starts the browsers, in a process of their own. */
function startClient(task: Task) {
  const client = fork(new URL("./browsers-client.ts", import.meta.url));
  const arrived = new Map<number, number[]>();
  client.on("message", (report: Report) => {
    if ("begun" in report) console.log(`${report.begun} of ${report.of} ${report.what}`);
    if ("arrived" in report)
      for (const { write, at } of report.arrived) arrived.set(write, [...(arrived.get(write) ?? []), at]);
  });
  client.send(task);
  /** Waits for the next report with this property. */
  const told = async <Name extends string>(name: Name): Promise<Extract<Report, Record<Name, unknown>>> => {
    for (;;) {
      const [report] = (await once(client, "message")) as [Report];
      if (name in report) return report as Extract<Report, Record<Name, unknown>>;
    }
  };
  return {
    send: (word: "hold" | "more" | "end") => void client.send(word),
    told,
    reached: async (stage: string) => {
      while ((await told("stage")).stage !== stage);
    },
    /** When a write arrived at each browser that got the write. */
    arrivedAt: (write: number) => arrived.get(write) ?? [],
  };
}

/** Changes rows at a steady pace. Gives when each write was committed, in milliseconds of the machine's clock. */
async function write(sql: pg.Client, users: Task["users"]): Promise<Map<number, number>> {
  const committed = new Map<number, number>();
  const began = performance.now();
  for (let id = 0; id < writesPerSecond * seconds; id++) {
    await delay(Math.max(0, began + (id * 1000) / writesPerSecond - performance.now()));
    const user = users[id % users.length];
    await sql.query(`update ${tables[id % tables.length]} set name = $1 where user_id = $2`, [
      `write ${id}`,
      user?.id,
    ]);
    committed.set(id, Number(process.hrtime.bigint()) / 1e6);
  }
  return committed;
}

/** Ends the program when a process may not open so many files. Node itself goes up to the hard limit. */
function expectOpenFiles(needed: number): void {
  const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  if (limit === "unlimited" || Number(limit) >= needed) return;
  console.error(
    `The server needs ${Math.ceil(needed)} open files, and a process may open ${limit}. Raise the limit as root, with \`ulimit -Hn ${Math.ceil(needed)}\` in the shell that starts this, or take fewer browsers.`,
  );
  process.exit(1);
}

/** Such as "2 × 503 in a line; 1 × 503 for a poll". */
function countEach(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts].map(([reason, all]) => `${all.length} × ${reason}`).join("; ");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
