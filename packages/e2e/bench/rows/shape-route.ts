import { HttpClient, repeat } from "../http-client.ts";
import { processorTimeOf } from "../processor-time.ts";
import { startRelay } from "../relay.ts";
import type { Measured, Row } from "../row.ts";
import { type Site, upToDate, type Way, waysToRows } from "../site.ts";
import { median, percentile } from "../statistics.ts";

const rounds = 5;
const requests = { 1: 300, 16: 1_000, 64: 1_000 };
/** How many requests of a person the app serves at once (`shapesAtOnce` in its `limits.ts`). More would measure how the app shares itself out. */
const ofPerson = 4;

/** A request for a shape that is up to date: through the app, through a bare relay, and to Electric itself, in turns. */
export const row: Row = {
  title: "Shape route, up to date",
  about: [
    "A request for a shape that is up to date, one after the other on each connection. The limit is the",
    "same request sent to Electric itself. A bare relay passes the same request on without a session or a",
    "check: its line has the relay in the place of the app. Four connections are of one person, because",
    "the app serves so many requests of a person at once.",
  ].join(" "),
  measure: async (site) => {
    const measured: Measured[] = [];
    for (const connections of [1, 16, 64] as const) measured.push(...(await measureAt(site, connections)));
    return measured;
  },
};

async function measureAt(site: Site, connections: 1 | 16 | 64): Promise<Measured[]> {
  await using bare = await startRelay(site);
  const people = await waysToRows(site, Math.ceil(connections / ofPerson));
  const ways = {
    app: people.map(({ app }) => app),
    limit: people.map(({ limit }) => limit),
    relay: people.map(({ at }) => at(bare.url)),
  };
  const processor: number[] = [];
  const runs = { app: [] as Load[], relay: [] as Load[], limit: [] as Load[] };
  for (let round = 0; round <= rounds; round++) {
    for (const name of ["limit", "relay", "app"] as const) {
      const before = await processorTimeOf(site.pid);
      const load = await loadOf(ways[name], connections);
      // The first round warms up.
      if (round === 0) continue;
      runs[name].push(load);
      if (name === "app")
        processor.push(((await processorTimeOf(site.pid)) - before) * (1000 / requests[connections]));
    }
  }
  const of = (name: keyof typeof runs, read: (load: Load) => number) => median(runs[name].map(read));
  const where = `${connections} ${connections === 1 ? "connection" : "connections"}`;
  const rate = ({ perSecond }: Load) => perSecond;
  const slowest = ({ taken }: Load) => percentile(taken, 0.99);
  return [
    {
      ...{ what: `requests at ${where}`, unit: "requests/s", aimed: "ratio", aim: "≥ 0.6" },
      ...{ app: of("app", rate), limit: of("limit", rate) },
    },
    {
      ...{ what: `bare relay at ${where}`, unit: "requests/s", aimed: "ratio", aim: "" },
      ...{ app: of("relay", rate), limit: of("limit", rate) },
    },
    { what: `processor time at ${where}`, unit: "ms", aimed: "app", aim: "≤ 0.8", app: median(processor) },
    {
      ...{ what: `p99 at ${where}`, unit: "ms", aimed: "app", aim: connections === 1 ? "≤ 5" : "" },
      ...{ app: of("app", slowest), limit: of("limit", slowest) },
    },
  ];
}

type Load = Awaited<ReturnType<typeof repeat>>;

async function loadOf(ways: readonly Way[], connections: 1 | 16 | 64): Promise<Load> {
  using client = new HttpClient(connections);
  const asks: (() => Promise<{ status: number }>)[] = [];
  for (const way of ways) {
    const query = await upToDate(way, client);
    asks.push(() => way.ask(client, query));
  }
  let turn = 0;
  // The client closes at the end of this function, so the function waits for the requests.
  return await repeat({ count: requests[connections], atOnce: connections }, async () => {
    const answer = await asks[turn++ % asks.length]?.();
    if (answer?.status !== 200) throw new Error(`A shape request got ${answer?.status}.`);
  });
}
