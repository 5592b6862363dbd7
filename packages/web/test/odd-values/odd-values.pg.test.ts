import { randomUUID } from "node:crypto";
import { createLiveQueryCollection } from "@tanstack/react-db";
import * as auth from "@tracer/core/auth/auth.sql";
import { createTRPCClient, httpLink } from "@trpc/client";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import type { SyncedCollection } from "~/lib/sync/synced-collection";
import { type App, openApp, type Person } from "../app";
import { newPage, serve, stubBrowser } from "../example/browser";
import { startShapeServer } from "../shape-server";
import type { SpecimenRouter } from "./server";
import * as specimenTable from "./specimen.sql";

type Specimen = specimenTable.Specimen;

interface OddValue {
  column: string;
  /** The value in the text form of Postgres. */
  literal: string;
  /** The value that the page gets. */
  arrives: unknown;
  /** The text in Postgres after the page has written the value back, or "refused". Default: the same text as before. */
  back?: string | null;
}

const odd = (column: string, literal: string, arrives: unknown, back?: string | null): OddValue => ({
  column,
  literal,
  arrives,
  ...(back !== undefined && { back }),
});
const time = (iso: string) => new Date(iso);
const [endOfTime, beginningOfTime] = [new Date(8.64e15 - 1), new Date(-8.64e15)];

/** Values of Postgres that JavaScript cannot hold, or that code easily gets wrong. */
const oddValues = [
  odd("moment", "infinity", endOfTime),
  odd("moment", "-infinity", beginningOfTime),
  odd("moment", "0044-03-15 12:00:00+00 BC", time("-000043-03-15T12:00:00Z")),
  odd("moment", "4714-11-24 00:00:00+00 BC", time("-004713-11-24T00:00:00Z")),
  odd("moment", "0099-06-01 00:00:00+00", time("0099-06-01T00:00:00Z")),
  odd("moment", "12026-01-01 00:00:00+00", time("+012026-01-01T00:00:00Z")),
  odd(
    "moment",
    "294276-12-31 23:59:59+00",
    time("+275760-09-12T23:59:59.998Z"),
    "275760-09-12 23:59:59.998+00",
  ),
  odd(
    "moments",
    '{infinity,NULL,"0044-03-15 12:00:00+00 BC"}',
    [endOfTime, null, time("-000043-03-15T12:00:00Z")],
    "refused",
  ),
  odd("moments", '{infinity,"0044-03-15 12:00:00+00 BC"}', [endOfTime, time("-000043-03-15T12:00:00Z")]),
  odd("local", "infinity", endOfTime),
  odd("local", "-infinity", beginningOfTime),
  odd("local", "0044-03-15 12:00:00 BC", time("-000043-03-15T12:00:00Z")),
  odd("local", "12026-01-01 00:00:00", time("+012026-01-01T00:00:00Z")),
  odd("day", "infinity", "infinity"),
  odd("day", "-infinity", "-infinity"),
  odd("day", "0044-03-15 BC", "0044-03-15 BC"),
  odd("day", "5874897-12-31", "5874897-12-31"),
  odd("amount", "NaN", "NaN"),
  odd("amount", "Infinity", "Infinity"),
  odd("amount", "-Infinity", "-Infinity"),
  odd("amount", `${"9".repeat(400)}.5`, `${"9".repeat(400)}.5`),
  odd("amount", "0.10000", "0.10000"),
  odd("price", "NaN", "NaN"),
  odd("big", "9223372036854775807", 9_223_372_036_854_775_807n),
  odd("big", "-9223372036854775808", -9_223_372_036_854_775_808n),
  odd("single", "NaN", Number.NaN, "refused"),
  odd("double", "NaN", Number.NaN, "refused"),
  odd("double", "Infinity", Number.POSITIVE_INFINITY, "refused"),
  odd("double", "-Infinity", Number.NEGATIVE_INFINITY, "refused"),
  odd("double", "1.7976931348623157e+308", Number.MAX_VALUE, "refused"),
  odd("count", "-2147483648", -2_147_483_648),
  odd("memberIds", "{NULL}", [null]),
  odd("memberIds", '{"NULL","a,b","{}",""}', ["NULL", "a,b", "{}", ""]),
  odd("label", "", ""),
  odd("label", "\u{1f6b2}\uffff\u0001", "\u{1f6b2}\uffff\u0001"),
  // For the page, a JSON null and an SQL null are the same.
  odd("json", "null", null, null),
  odd("json", '"text"', "text"),
  odd("json", '[[1,null],{"value":{"n":1}}]', [[1, null], { value: { n: 1 } }]),
  odd("json", '{"n": 9007199254740993}', { n: 9_007_199_254_740_992 }, '{"n": 9007199254740992}'),
  odd("json", `{"n": -1${"0".repeat(400)}}`, { n: -Number.MAX_VALUE }, "changed"),
  odd("json", '{"constructor": 1, "": 2}', { constructor: 1, "": 2 }),
  odd("kind", "NULL", "NULL"),
  odd("kinds", '{"NULL",NULL,"it\'s \\"odd\\""}', ["NULL", null, 'it\'s "odd"'], "refused"),
  odd("words", "{}", []),
  odd("words", '{"","{a,b}","\\"","\\\\","NULL",null}', ["", "{a,b}", '"', "\\", "NULL", null], "refused"),
  odd("words", '{"","{a,b}","\\"","\\\\","NULL","žluťoučký 🐎"}', [
    "",
    "{a,b}",
    '"',
    "\\",
    "NULL",
    "žluťoučký 🐎",
  ]),
  // A column of arrays may hold arrays of arrays in Postgres. The schemas know no such rows.
  odd(
    "words",
    "{{a,b},{c,NULL}}",
    [
      ["a", "b"],
      ["c", null],
    ],
    "refused",
  ),
  odd(
    "counts",
    "{{1,2},{3,4}}",
    [
      [1, 2],
      [3, 4],
    ],
    "refused",
  ),
  odd("counts", "{-2147483648,2147483647}", [-2_147_483_648, 2_147_483_647]),
  odd("counts", "{NULL}", [null], "refused"),
  odd("bigs", "{9223372036854775807,-1}", [9_223_372_036_854_775_807n, -1n]),
  odd("amounts", "{NaN,Infinity,-Infinity,0.10000}", ["NaN", "Infinity", "-Infinity", "0.10000"]),
  odd(
    "doubles",
    "{NaN,Infinity,-Infinity}",
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    "refused",
  ),
  odd("doubles", "{0.1,-1e-300}", [0.1, -1e-300]),
  odd("answers", "{t,f}", [true, false]),
  odd("answers", "{t,NULL}", [true, null], "refused"),
  odd("others", "{00000000-0000-0000-0000-000000000000}", ["00000000-0000-0000-0000-000000000000"]),
  odd("days", '{infinity,"0044-03-15 BC"}', ["infinity", "0044-03-15 BC"]),
];

const stack = new AsyncDisposableStack();
let app: App;
let ada: Person;
let openSpecimens: () => Promise<SyncedCollection<Specimen>>;
const opened: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createTable));
  const { specimenHandlers } = await import("./server");
  const server = stack.use(await serve(app.origin, specimenHandlers));
  ada = await app.signUp("Ada");
  stubBrowser(server.url, [ada]);
  const { perUser } = await import("~/lib/sync/per-user");
  openSpecimens = async () => {
    newPage();
    const links = [describingLink(), httpLink({ url: `${server.url}/api/trpc`, headers: ada.headers })];
    const trpc = createTRPCClient<SpecimenRouter>({ links });
    const { collectionsFor, endCollections } = perUser(({ synced }) => ({
      specimens: synced<Specimen>("specimens", trpc.specimens),
    }));
    opened.push(endCollections);
    const { specimens } = collectionsFor(ada.id);
    await specimens.preload();
    return specimens;
  };
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((end) => end()));
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

async function createTable(sql: pg.Client): Promise<void> {
  const before = generateDrizzleJson(auth);
  const after = generateDrizzleJson({ ...auth, ...specimenTable }, before.id);
  for (const statement of await generateMigration(before, after)) await sql.query(statement);
  await sql.query("alter table specimen replica identity full");
}

const columnOf = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Adds a row with one odd value by SQL. Returns the id of the row. */
async function plant({ column, literal }: OddValue): Promise<string> {
  const { rows } = await app.sql.query(
    `insert into specimen (id, user_id, ${columnOf(column)}) values (gen_random_uuid(), $1, $2) returning id`,
    [ada.id, literal],
  );
  return String(rows[0].id);
}

async function textOf(id: string, column: string): Promise<string | null> {
  const { rows } = await app.sql.query(
    `select ${columnOf(column)}::text as text from specimen where id = $1`,
    [id],
  );
  return rows[0]?.text;
}

/** Waits until a row is in the collection. The row arrives some time after the commit. */
async function arrived(specimens: SyncedCollection<Specimen>, id: string): Promise<Specimen> {
  await vi.waitFor(() => expect(specimens.has(id)).toBe(true), { timeout: 30_000, interval: 5 });
  return specimens.get(id) as Specimen;
}

const valueIn = (rows: SyncedCollection<Specimen>, id: string, column: string) =>
  (rows.get(id) as Record<string, unknown> | undefined)?.[column];

// The first test, because a page brings no table of many rows, and the other tests add rows.
test("every odd value comes with the page as it would come through the shape", async () => {
  const { firstRows } = await import("~/lib/server/shapes/first-rows");
  const { specimenHandlers } = await import("./server");
  const { policy } = specimenHandlers["/api/specimens"];
  const ids: string[] = [];
  for (const value of oddValues) ids.push(await plant(value));
  const { rows } = await firstRows(["specimens"], ada.id, async () => policy);
  for (const [index, { column, literal, arrives }] of oddValues.entries()) {
    const row = rows.specimens?.find(({ id }) => id === ids[index]);
    expect(row?.[column], `${column}: ${literal}`).toEqual(arrives);
  }
});

test("every odd value reaches the page in the first answer, without an error in the console", async () => {
  const complaints = vi.spyOn(console, "error");
  const ids: string[] = [];
  for (const value of oddValues) ids.push(await plant(value));
  const specimens = await openSpecimens();
  for (const id of ids) await arrived(specimens, id);
  for (const [index, { column, literal, arrives }] of oddValues.entries())
    expect(valueIn(specimens, ids[index] ?? "", column), `${column}: ${literal}`).toEqual(arrives);
  expect(complaints.mock.calls).toEqual([]);
  complaints.mockRestore();
});

test("every odd value reaches the page as a live change", async () => {
  const specimens = await openSpecimens();
  for (const value of oddValues) {
    const id = await plant(value);
    await arrived(specimens, id);
    expect(valueIn(specimens, id, value.column), `${value.column}: ${value.literal}`).toEqual(value.arrives);
  }
});

test("rows with odd values sort, with the infinities at the ends", async () => {
  const ids: string[] = [];
  for (const literal of ["-infinity", "0044-03-15 12:00:00+00 BC", "2026-01-01 00:00:00+00", "infinity"])
    ids.unshift(await plant(odd("moment", literal, undefined)));
  const specimens = await openSpecimens();
  for (const id of ids) await arrived(specimens, id);
  const sorted = createLiveQueryCollection((query) =>
    query.from({ one: specimens }).orderBy(({ one }) => one.moment, "asc"),
  );
  await sorted.preload();
  const mine = sorted.toArray.map(({ id }) => id).filter((id) => ids.includes(id));
  expect(mine).toEqual(ids.toReversed());
  await sorted.cleanup();
});

test.each(oddValues)("$column: $literal is written back unchanged, or refused", async (value) => {
  const { column, back } = value;
  const id = await plant(value);
  const specimens = await openSpecimens();
  const row = await arrived(specimens, id);
  const copy = { ...row, id: randomUUID() };
  const written = specimens.insert(copy).isPersisted.promise;
  if (back === "refused") {
    await expect(written).rejects.toThrow();
    expect(await textOf(copy.id, column)).toBeUndefined();
    return;
  }
  await written;
  const stored = await textOf(copy.id, column);
  if (back === "changed") expect(stored).toMatch(/^\{"n": -17976931348623157\d+\}$/);
  else expect(stored).toBe(back === undefined ? await textOf(id, column) : back);
});

test("an edit of another column leaves an odd value unchanged", async () => {
  const proto = odd("json", '{"__proto__": {"x": 1}, "n": 9007199254740993}', undefined);
  const moment = odd("moment", "294276-12-31 23:59:59+00", undefined);
  for (const value of [proto, moment, odd("double", "NaN", undefined)]) {
    const id = await plant(value);
    const before = await textOf(id, value.column);
    const specimens = await openSpecimens();
    await arrived(specimens, id);
    const edited = specimens.update(id, (draft) => {
      draft.label = "edited";
    });
    await edited.isPersisted.promise;
    expect(await textOf(id, "label")).toBe("edited");
    expect(await textOf(id, value.column)).toBe(before);
  }
});
