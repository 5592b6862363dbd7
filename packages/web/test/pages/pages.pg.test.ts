import { createLiveQueryCollection, eq } from "@tanstack/react-db";
import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { type App, openApp, type Person } from "../app";
import { newPage, serve, stubBrowser, trpcOf } from "../example/browser";
import type { exampleCollections } from "../example/collections";
import { createExampleTables } from "../example/tables";
import { startShapeServer } from "../shape-server";
import { startWiretap } from "../wiretap";

// What the collection of a long table asks Electric for, with the official client and a real Postgres.
const stack = new AsyncDisposableStack();
const opened: ReturnType<typeof exampleCollections>[] = [];
let app: App;
let ada: Person;
let wiretap: Awaited<ReturnType<typeof startWiretap>>;
let open: () => ReturnType<typeof exampleCollections>;

beforeAll(async () => {
  wiretap = stack.use(await startWiretap());
  app = stack.use(
    await openApp(async (databaseUrl) => {
      wiretap.connect(stack.use(await startShapeServer(databaseUrl)).url);
      return wiretap.url;
    }, createExampleTables),
  );
  const { exampleHandlers } = await import("../example/server");
  const server = stack.use(await serve(app.origin, exampleHandlers));
  ada = await app.signUp("Ada");
  stubBrowser(server.url, [ada]);
  const { exampleCollections } = await import("../example/collections");
  open = () => {
    newPage();
    const collections = exampleCollections(ada.id, trpcOf(server.url, ada));
    opened.push(collections);
    return collections;
  };
  await app.sql.query(
    `insert into reading (id, user_id, sensor, value, taken_at)
     select gen_random_uuid(), $1, 'sensor ' || n % 10, n, timestamptz '2026-01-01' + (n / 2) * interval '1 minute'
     from generate_series(1, 2000) n`,
    [ada.id],
  );
  await app.sql.query(
    `insert into project (id, owner_id, name) select gen_random_uuid(), $1, 'sensor ' || n from generate_series(1, 3) n`,
    [ada.id],
  );
});

let warnings: MockInstance<typeof console.warn>;
beforeEach(() => {
  warnings = vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((collections) => collections.end()));
  warnings.mockRestore();
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

const seen = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

/** Runs `work` and returns what the collection asked Electric for meanwhile: the parts of the shape. */
async function partsAskedDuring(work: () => Promise<unknown>) {
  const before = wiretap.asked.length;
  await work();
  return wiretap.asked.slice(before).flatMap(({ searchParams }) =>
    searchParams.has("subset__where")
      ? [
          {
            where: searchParams.get("subset__where"),
            orderBy: searchParams.get("subset__order_by"),
            limit: searchParams.get("subset__limit"),
          },
        ]
      : [],
  );
}

test("order and limit of a page are pushed down to Electric, and the next page begins behind the last one", async () => {
  const { readings } = open();
  const latest = createLiveQueryCollection((query) =>
    query
      .from({ reading: readings })
      .orderBy(({ reading }) => reading.takenAt, "desc")
      .limit(5),
  );
  const first = await partsAskedDuring(() => latest.preload());
  expect(first).toContainEqual({
    where: "true = true",
    orderBy: expect.stringContaining('"taken_at" DESC'),
    limit: "5",
  });
  expect(latest.toArray.map(({ value }) => value).toSorted()).toEqual([1996, 1997, 1998, 1999, 2000]);

  const next = await partsAskedDuring(async () => {
    await latest.utils.setWindow({ offset: 0, limit: 10 });
    await seen(() => expect(latest.size).toBe(10));
  });
  expect(new Set(latest.toArray.map(({ value }) => value)).size).toBe(10);
  expect(Math.min(...latest.toArray.map(({ value }) => value))).toBeGreaterThanOrEqual(1990);
  expect(next).toContainEqual(expect.objectContaining({ where: expect.stringContaining('"taken_at" < ') }));
  expect(readings.size).toBeLessThan(30);
  expect(warnings.mock.calls).toEqual([]);
  await latest.cleanup();
});

test("a condition of the table itself is pushed down to Electric", async () => {
  const { readings } = open();
  const ofOne = createLiveQueryCollection((query) =>
    query.from({ reading: readings }).where(({ reading }) => eq(reading.sensor, "sensor 7")),
  );
  const asked = await partsAskedDuring(() => ofOne.preload());
  expect(asked).toEqual([{ where: '"sensor" = $1', orderBy: null, limit: null }]);
  expect([ofOne.size, readings.size]).toEqual([200, 200]);
  expect(warnings.mock.calls).toEqual([]);
  await ofOne.cleanup();
});

test("a join that begins with the table that has the condition loads only the rows that belong to the found ones", async () => {
  const { readings, projects } = open();
  const joined = createLiveQueryCollection((query) =>
    query
      .from({ project: projects })
      .where(({ project }) => eq(project.name, "sensor 2"))
      .leftJoin({ reading: readings }, ({ project, reading }) => eq(project.name, reading.sensor))
      .select(({ project, reading }) => ({ project: project.name, value: reading?.value })),
  );
  await joined.preload();
  await seen(() => expect(joined.size).toBe(200));
  expect(readings.size).toBe(200);
  expect(warnings.mock.calls).toEqual([]);
  await joined.cleanup();
});

test("a join whose condition lies on the other side loads the whole table, and says what to write instead", async () => {
  const { readings, projects } = open();
  // Of an inner join, TanStack DB loads the side whole that holds fewer rows at the moment.
  await projects.preload();
  const joined = createLiveQueryCollection((query) =>
    query
      .from({ reading: readings })
      .innerJoin({ project: projects }, ({ project, reading }) => eq(project.name, reading.sensor))
      .where(({ project }) => eq(project.name, "sensor 2")),
  );
  await joined.preload();
  await seen(() => expect(joined.size).toBe(200));
  expect(readings.size).toBe(2000);
  expect(warnings.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(
      /a query loads the whole table of "readings"[\s\S]*begin with the table that has the condition/,
    ),
  ]);
  await joined.cleanup();
});

test("a query without a condition and without a limit loads the whole table, and says so", async () => {
  const { readings } = open();
  const all = createLiveQueryCollection((query) => query.from({ reading: readings }));
  await all.preload();
  expect(readings.size).toBe(2000);
  expect(warnings.mock.calls).toHaveLength(1);
  await all.cleanup();
});
