import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { linePath } from "~/lib/wire/line";
import { seen } from "../seen";
import { type BrowserWorld, openBrowserWorld, type Tab } from "./tabs";

// Rows change while tabs open and close and the network fails. In the end every tab shows the rows that Postgres holds.
// LINE_MODEL_RUNS makes the search longer, LINE_MODEL_SEED repeats one.

const RUNS = Number(process.env.LINE_MODEL_RUNS ?? 4);
const SEED = process.env.LINE_MODEL_SEED;

const tables = ["notes", "projects"] as const;
type Table = (typeof tables)[number];

interface Write {
  table: Table;
  how: "insert" | "update" | "delete";
  which: number;
}

type Step =
  | ({ kind: "write" } & Write)
  | { kind: "use"; which: number }
  | { kind: (typeof plain)[number] }
  | { kind: "wait"; milliseconds: number };

const plain = ["open", "closeLeader", "closeLast", "cut", "refuse", "silence", "slow", "heal"] as const;

const steps = fc.array<Step>(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("write" as const),
        table: fc.constantFrom("notes", "notes", "projects"),
        how: fc.constantFrom("insert", "insert", "update", "update", "delete"),
        which: fc.nat(100),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom(...plain),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("use" as const), which: fc.nat(2) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), milliseconds: fc.nat(150) }),
    },
  ),
  { minLength: 40, maxLength: 80 },
);

let world: BrowserWorld;
beforeAll(async () => {
  world = await openBrowserWorld();
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

test("every tab shows the rows of Postgres after tabs have closed and the network has failed", async () => {
  await fc.assert(fc.asyncProperty(steps, run), {
    numRuns: RUNS,
    endOnFailure: true,
    ...(SEED !== undefined && { seed: Number(SEED) }),
  });
}, 600_000);

async function run(series: Step[]): Promise<void> {
  await world.reset();
  const { id } = await world.signUp();
  await world.openLive();
  const rows = new Rows(id);
  for (const [index, step] of series.entries()) await take(step, rows, `change ${index}`);
  world.network.heal();
  while (world.tabs().length < 2) open();
  await expectAll(rows);
  // The next leader has no new poll to send, and must still get the changes.
  for (const table of tables) await rows.write({ table, how: "insert", which: 0 }, "before");
  await expectAll(rows);
  const [leader] = world.tabs();
  if (leader) await world.closeTab(leader);
  for (const table of tables) await rows.write({ table, how: "insert", which: 0 }, "after");
  await expectAll(rows);
}

/** Waits until every tab shows the rows that Postgres holds. */
async function expectAll(rows: Rows): Promise<void> {
  for (const table of tables) {
    const expected = await rows.in(table);
    for (const tab of world.tabs())
      if (uses(tab, table)) await seen(() => expect(shownIn(tab, table)).toEqual(expected));
  }
}

async function take(step: Step, rows: Rows, text: string): Promise<void> {
  const { network } = world;
  const tabs = world.tabs();
  const [leader, last] = [tabs[0], tabs.at(-1)];
  if (step.kind === "write") await rows.write(step, text);
  else if (step.kind === "wait") await delay(step.milliseconds);
  else if (step.kind === "use") void tabs[step.which % tabs.length]?.projects.preload();
  else if (step.kind === "open") open();
  // Does not wait for the closing, so that the next write happens while the lead changes.
  else if (step.kind === "closeLeader") leader && void world.closeTab(leader);
  else if (step.kind === "closeLast") last && void world.closeTab(last);
  else if (step.kind === "cut") network.cut(linePath);
  else if (step.kind === "heal") network.heal();
  else if (step.kind === "slow") network.fail(() => ({ delay: 200 }));
  else if (step.kind === "silence") network.fail((path) => (path === linePath ? "silent" : undefined));
  else network.fail((path) => (path === linePath ? { status: 503 } : undefined));
}

/** Opens a tab that shows notes, and does not wait for its rows. */
function open(): void {
  if (world.tabs().length < 3) void world.openTab().notes.preload();
}

function uses(tab: Tab, table: Table): boolean {
  return tab[table].status !== "idle";
}

function shownIn(tab: Tab, table: Table): string[] {
  const rows =
    table === "notes"
      ? tab.notes.toArray.map(({ body }) => body)
      : tab.projects.toArray.map(({ name }) => name);
  return rows.toSorted();
}

/** The rows of a person. Changes them in Postgres, as other devices would. */
class Rows {
  readonly #ownerId: string;
  readonly #ids = { notes: [] as string[], projects: [] as string[] };

  constructor(ownerId: string) {
    this.#ownerId = ownerId;
  }

  async write({ table, how, which }: Write, text: string): Promise<void> {
    const { sql } = world.app;
    const { name, owner, column } = inPostgres[table];
    const ids = this.#ids[table];
    const id = ids[which % ids.length];
    if (how === "insert" || id === undefined) {
      const made = randomUUID();
      ids.push(made);
      await sql.query(`insert into ${name} (id, ${owner}, ${column}) values ($1, $2, $3)`, [
        made,
        this.#ownerId,
        text,
      ]);
    } else if (how === "update")
      await sql.query(`update ${name} set ${column} = $2 where id = $1`, [id, text]);
    else await sql.query(`delete from ${name} where id = $1`, [id]);
  }

  /** The texts of the rows of a table in Postgres, sorted. */
  async in(table: Table): Promise<string[]> {
    const { name, owner, column } = inPostgres[table];
    const { rows } = await world.app.sql.query(`select ${column} as text from ${name} where ${owner} = $1`, [
      this.#ownerId,
    ]);
    return rows.map(({ text }) => String(text)).toSorted();
  }
}

const inPostgres = {
  notes: { name: "note", owner: "author_id", column: "body" },
  projects: { name: "project", owner: "owner_id", column: "name" },
};
