import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { auditedChanges, recorded } from "./audit";
import { type Difference, differences, rowsInPostgres } from "./comparison";
import type { Reports, Shown } from "./edits";
import { type History, readableBy, replay } from "./model";
import { Random } from "./random";
import { type Act, type Step, scheduleOf } from "./schedule";
import type { Wire } from "./wire";

/** How many edits may wait at once in all tabs. A person makes no more before the page has caught up. */
const mostWaiting = 30;

/** How long everything may take to come to rest, in milliseconds. */
const restTimeout = 60_000;

/** What a browser is told to do with its tabs. */
export type TabOrder =
  | { readonly kind: "open" | "close" | "reload"; readonly tab: number }
  /** The network goes or comes. When the network is there already, the tabs try again at once. */
  | { readonly kind: "network"; readonly there: boolean };

/** A browser of a person, whose requests go over the wire. */
export interface Browser {
  readonly name: string;
  readonly userId: string;
  /** Carries an order out. Whoever needs no answer may return at once. */
  tell(order: TabOrder): void | Promise<void>;
  /** Has the person act in a tab, which is opened before when it is not open. Resolves when the person has. */
  act(tab: number, act: Act): Promise<void>;
  /** What each open tab shows. */
  show(): Promise<Record<number, Shown>>;
}

interface Settings {
  seed: number;
  /** How many edits are made. */
  edits: number;
  /** By which the times of the model are multiplied. */
  pace: number;
  sql: pg.Client;
  wire: Wire;
  /** The browsers, and how many tabs each may have. */
  browsers: readonly { browser: Browser; tabs: number }[];
  reports: Reports;
  /** How often tabs reload, close and open, compared with the usual. */
  restlessness?: number;
}

/** Runs a schedule until so many edits are made, lets everything come to rest, and says what is wrong then. */
export async function runModel(settings: Settings) {
  const { seed, edits, wire, reports, restlessness } = settings;
  const browsers = settings.browsers.map(({ browser }) => browser);
  const tabs = settings.browsers.map((one) => one.tabs);
  for (const { browser, tabs } of settings.browsers) {
    for (let tab = 0; tab < tabs; tab++) await browser.tell({ kind: "open", tab });
  }
  const world = { ...settings, browsers };
  for (const step of scheduleOf(new Random(seed), tabs, restlessness)) {
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

interface World extends Omit<Settings, "browsers"> {
  browsers: readonly Browser[];
}

async function take(step: Step, world: World): Promise<void> {
  const { browsers, wire, sql, pace } = world;
  switch (step.kind) {
    case "act":
      await browsers[step.browser]?.act(step.tab, step.act);
      return;
    case "network":
      wire.turn("network-gone");
      await tellAll(browsers, { kind: "network", there: false });
      await pause(step.milliseconds * pace);
      wire.turn("faulty");
      await tellAll(browsers, { kind: "network", there: true });
      return;
    case "server":
      await endConnections(sql);
      wire.turn("server-gone");
      await pause(step.milliseconds * pace);
      wire.turn("faulty");
      return;
    case "online":
      await tellAll(browsers, { kind: "network", there: true });
      return;
    case "pause":
      await pause(step.milliseconds * pace);
      await catchUp(world);
      return;
    default:
      await browsers[step.browser]?.tell(step);
  }
}

async function tellAll(browsers: readonly Browser[], order: TabOrder): Promise<void> {
  await Promise.all(browsers.map((browser) => browser.tell(order)));
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
  for (let round = 0; ; round++) {
    const { rows } = await sql.query("select count(*)::int as count from client_transaction");
    if (reports.made.length - rows[0].count <= mostWaiting) return;
    // To try again at once ends what is under way, which a busy machine needs some time for.
    if (round % 5 === 0) await tellAll(browsers, { kind: "network", there: true });
    await pause(50);
  }
}

/** Waits until nothing is under way, and compares the pages, Postgres and the model. */
async function rest(world: World): Promise<{ problems: string[]; refused: number }> {
  const { browsers, wire, seed } = world;
  const deadline = Date.now() + restTimeout;
  await tellAll(browsers, { kind: "open", tab: 0 });
  while (true) {
    await wire.drained();
    const found = await compare(world);
    // To try again at once ends what is under way, so that the pages are left alone when nothing waits.
    if (found.waiting > 0) await tellAll(browsers, { kind: "network", there: true });
    if (found.problems.length === 0 || Date.now() > deadline) {
      const problems = found.problems.length > 0 ? [`seed ${seed}`, ...found.problems] : [];
      return { problems, refused: found.refused };
    }
    await pause(500);
  }
}

async function compare({ browsers, sql, reports }: World) {
  const shown = await Promise.all(
    browsers.map(async (browser) => {
      const { name, userId } = browser;
      const tabs = Object.entries(await browser.show());
      return tabs.map(([tab, page]) => ({ where: `${name}, tab ${tab}`, userId, page }));
    }),
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
