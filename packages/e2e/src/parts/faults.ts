import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { App } from "@tracer/local/app";
import type pg from "pg";
import type { PartsPage } from "./page.ts";
import type { FaultyWire, WireState } from "./wire.ts";

/** What the faults act on. */
export interface Stage {
  readonly app: App;
  readonly wire: FaultyWire;
  readonly pages: readonly PartsPage[];
  /** Asks the database, and connects anew when the database has gone meanwhile. */
  readonly query: (text: string, values?: unknown[]) => Promise<pg.QueryResult>;
}

/** Does some harm, and resolves when the cause has gone. */
export type PartsFault = (stage: Stage) => Promise<void>;

/** How long the faults that do not end by themselves last, in milliseconds. */
const lasts = 1_500;

const wireIs =
  (state: WireState): PartsFault =>
  async ({ wire }) => {
    wire.turn(state);
    await delay(lasts);
    wire.turn("smooth");
  };

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(stat.split(") ").at(-1)?.split(" ")[1]);
}

/** The ids of this process's children whose command line holds a text. */
async function childrenNamed(text: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOurs = async (pid: number) =>
    (await parentOf(pid)) === process.pid && (await readFile(`/proc/${pid}/cmdline`, "utf8")).includes(text);
  // A process may end while it is looked at.
  const ours = await Promise.all(pids.map((pid) => isOurs(pid).catch(() => false)));
  return pids.filter((_, index) => ours[index]);
}

async function answersAgain(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const works = await ask().then(
      (answer) => !(answer instanceof Response) || answer.ok,
      () => false,
    );
    if (works) return;
    await delay(20);
  }
}

/** Every kind of fault, by name. */
export const partsFaults: Readonly<Record<string, PartsFault>> = {
  "the web server is killed": async ({ app }) => {
    app.webProcess()?.kill("SIGKILL");
    await answersAgain(() => fetch(`${app.url}/api/health`));
  },
  "the web server stops": async ({ app }) => {
    await app.stopWeb();
    await delay(lasts);
    await app.startWeb();
  },
  "the shape server is killed": async ({ app }) => {
    for (const pid of await childrenNamed("shape-server-child")) process.kill(pid, "SIGKILL");
    await answersAgain(() => fetch(`${app.stack.electricUrl}/v1/health`));
  },
  "Postgres is killed": async ({ query }) => {
    // The checkpointer is a child of the process that starts all others.
    const { rows } = await query("select pid from pg_stat_activity where backend_type = 'checkpointer'");
    process.kill(await parentOf(rows[0].pid), "SIGKILL");
    await answersAgain(() => query("select 1"));
  },
  "Postgres restarts": async ({ app }) => {
    // All stacks of the machine share their ports, so another one could take the port of a Postgres that stays away.
    await app.stopPostgres();
    await app.startPostgres();
  },
  "the replication slot is dropped": async ({ query }) => {
    await query(
      "select pg_terminate_backend(active_pid) from pg_replication_slots where active_pid is not null",
    );
    await answersAgain(() =>
      query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active"),
    );
  },
  "connections are reset": wireIs("reset"),
  "the network is silent": wireIs("silent"),
  "the network is slow": wireIs("slow"),
  "answers are cut": wireIs("truncated"),
  "answers are empty": wireIs("empty"),
  "a proxy answers 409": wireIs(409),
  "a proxy answers 429": wireIs(429),
  "a proxy answers 500": wireIs(500),
  "a browser sleeps": async ({ pages }) => {
    for (const page of pages) page.freeze();
    await delay(lasts);
    for (const page of pages) page.thaw();
  },
};
