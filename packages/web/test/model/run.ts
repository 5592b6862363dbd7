import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { Person } from "../app";
import { auditedChanges, recorded } from "./audit";
import { type Browser, type Reports, startBrowser } from "./browser";
import { type Difference, differences, rowsInPostgres } from "./comparison";
import { type History, readableBy, replay } from "./model";
import { Random } from "./random";
import { type Step, scheduleOf } from "./schedule";
import { Wire } from "./wire";

/** How many edits may wait at once in all tabs. A person makes no more before the page has caught up. */
const mostWaiting = 30;

/** How long everything may take to come to rest, in milliseconds. */
const restTimeout = 30_000;

interface Settings {
  seed: number;
  edits: number;
  /** By which the times of the model are multiplied. */
  pace: number;
  /** The address of the app's server. */
  server: string;
  sql: pg.Client;
  /** The first one has two browsers with three tabs each. The second one has one tab, if any. */
  people: readonly [Person, Person];
  /** Whether the second person has a browser, and so sees what the first one shares. */
  shared: boolean;
}

/** Runs a schedule until so many edits are made, lets everything come to rest, and says what is wrong then. */
export async function runModel(settings: Settings) {
  const { seed, edits, pace, server, people, shared } = settings;
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(new Wire(server, new Random(seed + 1), pace));
  const url = await wire.open();
  const reports: Reports = { made: [], told: new Map() };
  const [ada, bob] = people;
  const owners = [
    { name: "Ada's first browser", person: ada, friend: bob, tabs: 3 },
    { name: "Ada's second browser", person: ada, friend: bob, tabs: 3 },
    ...(shared ? [{ name: "Bob's browser", person: bob, friend: ada, tabs: 1 }] : []),
  ];
  const browsers: Browser[] = [];
  for (const owner of owners) {
    const browser = stack.use(await startBrowser({ ...owner, server: url }, reports));
    for (let tab = 0; tab < owner.tabs; tab++) browser.tell({ kind: "open", tab });
    browsers.push(browser);
  }
  const world = { ...settings, browsers, wire, reports };
  const steps = scheduleOf(
    new Random(seed),
    owners.map(({ tabs }) => tabs),
  );
  for (const step of steps) {
    if (reports.made.length >= edits) break;
    await take(step, world);
  }
  const madeAt = performance.now();
  wire.turn("smooth");
  return {
    ...(await rest(world)),
    restSeconds: (performance.now() - madeAt) / 1000,
    counts: wire.counts,
    made: reports.made.length,
  };
}

interface World extends Settings {
  browsers: readonly Browser[];
  wire: Wire;
  reports: Reports;
}

async function take(step: Step, world: World): Promise<void> {
  const { browsers, wire, sql, pace } = world;
  switch (step.kind) {
    case "act":
      await browsers[step.browser]?.act(step.tab, step.act);
      return;
    case "network":
      wire.turn("network-gone");
      for (const browser of browsers) browser.tell({ kind: "network", there: false });
      await pause(step.milliseconds * pace);
      wire.turn("faulty");
      for (const browser of browsers) browser.tell({ kind: "network", there: true });
      return;
    case "server":
      await endConnections(sql);
      wire.turn("server-gone");
      await pause(step.milliseconds * pace);
      wire.turn("faulty");
      return;
    case "online":
      for (const browser of browsers) browser.tell({ kind: "network", there: true });
      return;
    case "pause":
      await pause(step.milliseconds * pace);
      await catchUp(world);
      return;
    default:
      browsers[step.browser]?.tell(step);
  }
}

/** Ends what the app's server is doing in the database, as its own end would. The shape server goes on. */
async function endConnections(sql: pg.Client): Promise<void> {
  await sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = ''
       and backend_type = 'client backend'`,
  );
}

/** Waits while too many edits are waiting. */
async function catchUp({ sql, reports, browsers }: World): Promise<void> {
  while (true) {
    const { rows } = await sql.query("select count(*)::int as count from client_transaction");
    if (reports.made.length - rows[0].count <= mostWaiting) return;
    for (const browser of browsers) browser.tell({ kind: "network", there: true });
    await pause(50);
  }
}

/** Waits until nothing is under way, and compares the pages, Postgres and the model. */
async function rest(world: World): Promise<{ problems: string[]; refused: number }> {
  const { browsers, wire, seed } = world;
  const deadline = Date.now() + restTimeout;
  for (const browser of browsers) browser.tell({ kind: "open", tab: 0 });
  while (true) {
    await wire.drained();
    const found = await compare(world);
    // To try again at once ends what is under way, so that the pages are left alone when nothing waits.
    if (found.waiting > 0) for (const browser of browsers) browser.tell({ kind: "network", there: true });
    if (found.problems.length === 0 || Date.now() > deadline) {
      const problems = found.problems.length > 0 ? [`seed ${seed}`, ...found.problems] : [];
      return { problems, refused: found.refused };
    }
    await pause(500);
  }
}

async function compare({ browsers, sql, reports }: World) {
  const shown = await Promise.all(
    browsers.map(async ({ name, userId, show }) =>
      Object.entries(await show()).map(([tab, page]) => ({ where: `${name}, tab ${tab}`, userId, page })),
    ),
  );
  const tabs = shown.flat();
  const waiting = tabs.flatMap(({ where, page }) => page.waiting.map((id) => `${where} waits for ${id}`));
  const records = await recorded(sql);
  const history: History = {
    ...reports,
    records,
    audit: await auditedChanges(sql),
    listed: new Set(tabs.flatMap(({ page }) => page.refused)),
  };
  const { rows, problems } = replay(history);
  const wrong = [
    ...differences("Postgres", rows, await rowsInPostgres(sql)),
    ...tabs.flatMap(({ where, userId, page }) => differences(where, readableBy(userId, rows), page.rows)),
  ];
  const stale = [...Map.groupBy(wrong, ({ where, table }) => `${where}: ${table}`)].map(
    ([where, { length }]) => `${where}: ${length} rows are wrong`,
  );
  const syncs = tabs.map(({ where, page }) => `${where} says ${JSON.stringify(page.sync)}`);
  return {
    waiting: waiting.length,
    problems: [
      ...waiting,
      ...problems,
      ...stale,
      ...(stale.length > 0 ? syncs : []),
      ...wrong.map((difference) => told(difference, history)),
    ],
    refused: [...records.values()].filter(({ refusal }) => refusal).length,
  };
}

/** A difference with all edits of the row, and what became of each. */
function told({ where, table, id, expected, found }: Difference, { made, records, audit }: History): string {
  const edits = made
    .filter(({ changes }) => changes.some((change) => change.id === id))
    .map((edit) => `  ${JSON.stringify(edit)} -> ${JSON.stringify(records.get(edit.id))}`);
  const order = audit.filter((change) => change.id === id).map(({ txid }) => txid);
  return [
    `${where} is wrong about ${table} ${id}:`,
    `  expected ${JSON.stringify(expected)}`,
    `  found    ${JSON.stringify(found)}`,
    `  Postgres wrote it in the transactions ${order.join(", ")}. The edits of the row:`,
    ...edits,
  ].join("\n");
}
