import { randomUUID } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";
import { type ManyTables, manyTables, openManyTables } from "./many-tables.ts";
import { type Fronted, startFronted } from "./site.ts";
import { edit, openBrowser, shownIn } from "./tabs.ts";

/** `TRACER_TABS=long` takes as many as an app may have. The short form is for every day. */
const long = process.env.TRACER_TABS === "long";
const tableCount = long ? 12 : 6;
const tables = manyTables.slice(0, tableCount);

const test = base.extend<object, { project: ManyTables }>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using project = await openManyTables(tableCount);
      await use(project);
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

/** How the app is served, how many tabs are open, and how often the leading tab ends. */
interface Scenario {
  readonly mode: "built" | "dev";
  readonly tabCount: number;
  readonly kills: number;
}

/**
 * Defines the test that all tables and tabs of a browser share one connection. HTTP/1.1 allows a browser six connections to
 * a server.
 */
export function testManyTabs({ mode, ...short }: Scenario): void {
  const { tabCount, kills } = long ? { tabCount: 12, kills: 10 } : short;
  test.describe.configure({ timeout: long ? 900_000 : 180_000 });
  test(`${tableCount} tables in ${tabCount} tabs share a connection and lose no change when leaders go (${mode})`, async ({
    browser,
    project,
  }) => {
    if (mode === "built") await project.build();
    await using site = await startFronted(project, mode);
    await using opened = await openBrowser(browser, site);
    const { person, tabs } = opened;
    const rows = new Rows(site.sql, person.id);
    for (const table of tables) await rows.insert(table, "first");
    await tabs.fillTo(tabCount, tableCount);
    for (const tab of tabs.all) await rows.expectIn(tab);

    for (let round = 1; round <= kills; round++) {
      // Changes come before, while and after the lead passes on.
      const changes = (async () => {
        for (const table of tables) await rows.insert(table, `from another device, ${round}`);
      })();
      await (round % 4 === 2 ? tabs.crashLeader() : tabs.closeLeader());
      await changes;
      const [table = "alphas"] = tables.slice(round % tableCount);
      for (const tab of tabs.all.slice(0, 1)) await rows.edit(tab, table, `from a tab, ${round}`);
      await tabs.fillTo(tabCount, tableCount);
      for (const tab of tabs.all) await rows.expectIn(tab);
    }

    await expectRest(site);
    expect(site.front.peak.lines, "lines at one moment").toBeLessThanOrEqual(2);
    expect(site.front.peak.polls, "polls beside the line").toBe(0);
    expect(tabs.errors).toEqual([]);
  });
}

/** A person's rows, as they should be in every tab. */
class Rows {
  readonly #sql: Fronted["sql"];
  readonly #ownerId: string;
  /** The names of the rows of each table, by id. */
  readonly #names: Record<string, Map<string, string>> = Object.fromEntries(
    tables.map((table) => [table, new Map()]),
  );

  constructor(sql: Fronted["sql"], ownerId: string) {
    this.#sql = sql;
    this.#ownerId = ownerId;
  }

  /** Adds a row past the app. */
  async insert(table: string, name: string): Promise<void> {
    const id = randomUUID();
    await this.#sql.query(`insert into ${table} (id, user_id, name) values ($1, $2, $3)`, [
      id,
      this.#ownerId,
      name,
    ]);
    this.#names[table]?.set(id, name);
  }

  /** Has a tab rename the first row of a table. */
  async edit(tab: Page, table: string, name: string): Promise<void> {
    const [id = ""] = this.#names[table]?.keys() ?? [];
    await edit(tab, table, id, name);
    this.#names[table]?.set(id, name);
  }

  /** Waits until a tab shows these rows. */
  async expectIn(tab: Page): Promise<void> {
    const expected = Object.entries(this.#names).map(([table, names]) => [table, [...names.values()].sort()]);
    await expect.poll(() => shownIn(tab), { timeout: 30_000 }).toEqual(Object.fromEntries(expected));
  }
}

/** Waits until nothing is under way but the line, and the browser has let go of connections that it does not need. */
async function expectRest({ front }: Fronted): Promise<void> {
  await expect
    .poll(() => front.held().map((request) => request.replace(/ #.*/, "")), { timeout: 30_000 })
    .toEqual(["POST /api/line"]);
  await expect.poll(() => front.connections(), { timeout: 30_000 }).toBeLessThanOrEqual(2);
}
