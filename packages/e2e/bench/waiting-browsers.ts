import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Report, Task } from "./browsers-task.ts";
import { machineTime } from "./machine-time.ts";

/** How long a change may take to reach all browsers, in milliseconds. */
const arrivalLimit = 60_000;

/** Starts browsers that wait for changes, in a process of their own. */
export function startBrowsers(task: Task) {
  const client = fork(new URL("./browsers-client.ts", import.meta.url));
  const arrived = new Map<number, number[]>();
  const reports: Report[] = [];
  const gone = new AbortController();
  // The exit may be noticed before the last message is read, the end of the channel may not.
  client.once("disconnect", () => gone.abort(new Error("The browsers' process has gone.")));
  client.on("message", (report: Report) => {
    if ("begun" in report) console.log(`${report.begun} of ${report.of} ${report.what}`);
    else if ("arrived" in report) for (const { write, at } of report.arrived) note(write, at);
    else reports.push(report);
  });
  const note = (write: number, at: number) => {
    const times = arrived.get(write);
    if (times) times.push(at);
    else arrived.set(write, [at]);
  };
  client.send(task);
  const nextMessage = (signal: AbortSignal = gone.signal) => once(client, "message", { signal });
  /** Takes the next report with this property. */
  const told = async <Name extends string>(name: Name): Promise<Extract<Report, Record<Name, unknown>>> => {
    const isIt = (report: Report): report is Extract<Report, Record<Name, unknown>> => name in report;
    for (;;) {
      const report = reports.find(isIt);
      if (report) {
        reports.splice(reports.indexOf(report), 1);
        return report;
      }
      await nextMessage();
    }
  };
  return {
    /** Ends the process of the browsers, where it has not ended yet. */
    [Symbol.dispose]: () => void client.kill(),
    send: (word: "hold" | "more" | "end") => void client.send(word),
    told,
    reached: async (stage: string) => {
      while ((await told("stage")).stage !== stage);
    },
    /** When a write arrived at each browser that got the write, in milliseconds of the machine's clock. */
    arrivedAt: (write: number): readonly number[] => arrived.get(write) ?? [],
    /** How long writes took to arrive at each browser, in milliseconds. @param committed when, by the number of the write */
    latenciesOf: (committed: ReadonlyMap<number, number>): number[] =>
      [...committed].flatMap(([write, at]) => (arrived.get(write) ?? []).map((came) => came - at)),
    /** Waits until a write has arrived so often. @throws Error after a minute */
    async arrivals(write: number, count: number): Promise<readonly number[]> {
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(arrivalLimit)]);
      while ((arrived.get(write)?.length ?? 0) < count) await nextMessage(signal);
      return arrived.get(write) ?? [];
    },
  };
}

export type Browsers = ReturnType<typeof startBrowsers>;

interface Load {
  tables: readonly string[];
  perSecond: number;
  seconds: number;
  /** The number of the first write. Default: 0. */
  from?: number;
}

/**
 * Changes rows at a steady pace, of each person and in each table in turns. Write `n` sets the name to `write n`.
 *
 * @returns when each write was committed, in milliseconds of the machine's clock, by the number of the write
 */
export async function writeSteadily(
  sql: pg.Client,
  users: Task["users"],
  { tables, perSecond, seconds, from = 0 }: Load,
): Promise<Map<number, number>> {
  const committed = new Map<number, number>();
  const began = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    await delay(Math.max(0, began + (n * 1000) / perSecond - performance.now()));
    const user = users[n % users.length];
    await sql.query(`update ${tables[n % tables.length]} set name = $1 where user_id = $2`, [
      `write ${from + n}`,
      user?.id,
    ]);
    committed.set(from + n, machineTime());
  }
  return committed;
}

/**
 * Ends the program when a process may not open as many files as a server needs. Node itself goes up to the hard limit.
 *
 * @param people how many people the browsers belong to: browsers of one person share the polls to Electric
 */
export function expectOpenFiles(browsers: number, people: number, tables: number): void {
  const needed = Math.ceil(browsers + people * tables + 1_000);
  const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
  if (limit === "unlimited" || Number(limit) >= needed) return;
  console.error(
    `The server needs ${needed} open files, and a process may open ${limit}. Raise the limit as root, with \`ulimit -Hn ${needed}\` in the shell that starts this, or take fewer browsers.`,
  );
  process.exit(1);
}
