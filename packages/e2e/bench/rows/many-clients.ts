import { setTimeout as delay } from "node:timers/promises";
import { manyTables, openManyTables } from "../../src/many-tables.ts";
import { createUsers, type Server, startServer } from "../browsers-server.ts";
import type { Memory } from "../inspector.ts";
import { machineTime } from "../machine-time.ts";
import { startRelay } from "../relay.ts";
import type { Measured, Row } from "../row.ts";
import { withoutTables } from "../scratch-tables.ts";
import { median, percentile } from "../statistics.ts";
import { expectOpenFiles, writeSteadily } from "../waiting-browsers.ts";
import { type Clients, startClients } from "../waiting-clients.ts";

const clients = 1_000;
const tables = manyTables.slice(0, 6);
const bursts = 3;
const steadyRounds = 2;
/** How long the last requests take to be taken up, and the memory of the loads to be given back. In milliseconds. */
const settling = 8_000;
const steady = { tables: ["alphas"], perSecond: 50, seconds: 8 };

/** The clients of the app and those at Electric wait at the same time, with the rows of other people. */
export const row: Row = {
  title: `${clients.toLocaleString("en")} clients that wait`,
  about: [
    "Clients that wait for changes: each is a browser of another person, and holds six shapes over one",
    "line. The limit is as many clients with one shape each, which poll Electric itself, and of the",
    "memory what a bare relay holds for each. A burst is one statement that changes a row of every client.",
  ].join(" "),
  measure: async (site) => {
    expectOpenFiles(2 * clients, clients, tables.length);
    await using project = await openManyTables(tables.length);
    await project.build();
    await using _ = await withoutTables(site, tables);
    await using server = await startServer(project);
    const ways = await openWays(server);
    using opened = new DisposableStack();
    for (const way of Object.values(ways)) opened.use(way);
    await Promise.all([ways.app.loaded(), ways.limit.loaded()]);
    const before = await server.inspector.memory();
    await ways.app.hold();
    await delay(settling);
    const held = await server.inspector.memory();
    await ways.limit.hold();
    const measured = [...(await measureBursts(server, ways)), ...(await measureSteadily(server, ways))];
    for (const way of Object.values(ways)) await way.end();
    return [
      {
        ...{ what: "memory of the web process for each", unit: "KB", aimed: "app", aim: "≤ 40" },
        ...{ app: perClient(before, held), limit: await memoryOfRelay(server, ways.limit.users) },
      },
      ...measured,
    ];
  },
};

type Ways = Record<"app" | "limit", Clients>;

async function openWays(server: Server): Promise<Ways> {
  const users = await createUsers(server, { browsers: 2 * clients, perUser: 1, tables });
  const { url, stack } = server;
  const direct = { url: stack.electricUrl, secret: stack.electricSecret, tables: steady.tables };
  return {
    app: startClients({ url, tables, way: "line", users: users.slice(0, clients), first: clients }),
    limit: startClients({ ...direct, way: "direct", users: users.slice(clients), first: clients }),
  };
}

/** Measures what the bare relay holds for each client with one shape, in KB. */
async function memoryOfRelay({ stack }: Server, users: Clients["users"]): Promise<number> {
  await using relay = await startRelay({ stack });
  using inspector = await relay.inspect();
  const { electricSecret: secret } = stack;
  const task = { url: relay.url, secret, tables: steady.tables, users, first: clients };
  using waiting = startClients({ ...task, way: "direct" });
  await waiting.loaded();
  const before = await inspector.memory();
  await waiting.hold();
  await delay(settling);
  const held = await inspector.memory();
  await waiting.end();
  return perClient(before, held);
}

function perClient(before: Memory, held: Memory): number {
  return (held.resident - before.resident) / 1024 / clients;
}

/** The numbers of the writes, which arrivals are told apart by. */
let numbers = 0;

/** One statement changes a row of every client. */
async function measureBursts({ sql }: Server, ways: Ways): Promise<Measured[]> {
  const taken = { app: [] as number[][], limit: [] as number[][] };
  for (let burst = 0; burst <= bursts; burst++) {
    for (const name of ["limit", "app"] as const) {
      const { users, browsers } = ways[name];
      const write = numbers++;
      const ids = users.map(({ id }) => id);
      await sql.query("update alphas set name = $1 where user_id = any($2)", [`write ${write}`, ids]);
      const committed = machineTime();
      const arrived = await browsers.arrivals(write, clients);
      // The first burst warms up.
      if (burst > 0) taken[name].push(arrived.map((at) => at - committed));
      // The clients ask again.
      await delay(500);
    }
  }
  return linesOf("burst to all", taken, ["≤ 1.2", "≤ 1.2"], "ratio");
}

/** Single rows change, of one client after the other. */
async function measureSteadily({ sql }: Server, ways: Ways): Promise<Measured[]> {
  const taken = { app: [] as number[][], limit: [] as number[][] };
  for (let round = 0; round < steadyRounds; round++) {
    for (const name of ["limit", "app"] as const) {
      const { users, browsers } = ways[name];
      const committed = await writeSteadily(sql, users, { ...steady, from: numbers });
      numbers += committed.size;
      const latencies: number[] = [];
      for (const [write, at] of committed)
        for (const came of await browsers.arrivals(write, 1)) latencies.push(came - at);
      taken[name].push(latencies);
    }
  }
  return linesOf(`COMMIT to client at ${steady.perSecond} commits/s`, taken, ["≤ 3.5", ""], "app");
}

function linesOf(
  what: string,
  taken: Record<keyof Ways, number[][]>,
  [aim50, aim99]: [string, string],
  aimed: Measured["aimed"],
): Measured[] {
  const of = (name: keyof Ways, part: number) =>
    median(taken[name].map((values) => percentile(values, part)));
  const line = (part: number, aim: string): Measured => ({
    ...{ what: `${what}, p${part * 100}`, unit: "ms", aimed, aim },
    ...{ app: of("app", part), limit: of("limit", part) },
  });
  return [line(0.5, aim50), line(0.99, aim99)];
}
