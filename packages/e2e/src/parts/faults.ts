import { setTimeout as delay } from "node:timers/promises";
import { shiftClock } from "./clock.ts";
import { answersAgain, fillDiskOf, parentOf, postgresProcesses, shapeServers } from "./processes.ts";
import type { Stage } from "./stage.ts";
import type { WireState } from "./wire.ts";

/** Does some harm, and resolves when the cause has gone. */
export type PartsFault = (stage: Stage) => Promise<void>;

/** How long the faults that do not end by themselves last, in milliseconds. */
const lasts = Number(process.env.FAULT_LASTS ?? 500);

/** How long Postgres finds its disk full, in milliseconds. The local stack gives up a part after some three seconds. */
const postgresDiskLasts = 1_000;

const wireIs =
  (state: WireState, which: "wire" | "upstream" = "wire"): PartsFault =>
  async ({ [which]: wire }) => {
    wire.turn(state);
    await delay(lasts);
    wire.turn("smooth");
  };

/** Moves the clock of programs by an hour in one direction, and back. */
const clockIs =
  (direction: "ahead" | "behind", whose: (stage: Stage) => Promise<number[]> | number[]): PartsFault =>
  async (stage) =>
    shiftClock(await whose(stage), direction, lasts);

const webServer = ({ app }: Stage) => [app.webProcess()?.pid].filter((pid) => pid !== undefined);
const allPages = ({ pages }: Stage) => pages.map(({ pid }) => pid);

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
    for (const pid of await shapeServers()) process.kill(pid, "SIGKILL");
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
  "answers lose their bodies": wireIs("bodiless"),
  "answers are empty": wireIs("empty"),
  "a proxy answers 409": wireIs(409),
  "a proxy answers 429": wireIs(429),
  "a proxy answers 500": wireIs(500),
  "Electric resets connections": wireIs("reset", "upstream"),
  "Electric is silent": wireIs("silent", "upstream"),
  "Electric's answers are cut": wireIs("truncated", "upstream"),
  "Electric's answers lose their bodies": wireIs("bodiless", "upstream"),
  "Electric's answers are empty": wireIs("empty", "upstream"),
  "Electric answers 409": wireIs(409, "upstream"),
  "Electric answers 429": wireIs(429, "upstream"),
  "Electric answers 500": wireIs(500, "upstream"),
  "the shape server's disk is full": () => fillDiskOf(shapeServers, lasts),
  "Postgres' disk is full": async ({ query }) => {
    await fillDiskOf(postgresProcesses, postgresDiskLasts);
    await answersAgain(() => query("select 1"));
  },
  "the web server's clock is an hour ahead": clockIs("ahead", webServer),
  "the web server's clock is an hour behind": clockIs("behind", webServer),
  "the shape server's clock is an hour ahead": clockIs("ahead", shapeServers),
  "the shape server's clock is an hour behind": clockIs("behind", shapeServers),
  "a browser's clock is an hour ahead": clockIs("ahead", allPages),
  "a browser's clock is an hour behind": clockIs("behind", allPages),
  "a browser sleeps": async ({ pages }) => {
    for (const page of pages) page.freeze();
    await delay(lasts);
    for (const page of pages) page.thaw();
  },
};

/** One fault of each part and of each way to fail. The others are variants, which take minutes in all. */
export const principalFaults: ReadonlySet<string> = new Set([
  "the web server is killed",
  "the shape server is killed",
  "Postgres is killed",
  "the replication slot is dropped",
  "connections are reset",
  "the network is silent",
  "answers are cut",
  "a proxy answers 500",
  "Electric resets connections",
  "Electric's answers are empty",
  "the shape server's disk is full",
  "the web server's clock is an hour behind",
  "a browser sleeps",
]);
