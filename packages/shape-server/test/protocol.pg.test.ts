import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startShapeServer } from "../src/index.ts";
import { serverUnderTest } from "./fuzz/server-under-test.ts";
import type { Message } from "./model/view.ts";
import { dropSlots } from "./replay/database.ts";

// The invariants of PROTOCOL.md, one by one. Random workloads hold them together in test/model.

const LONG_POLL_MS = 300;
let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { allowDelete: true, longPollTimeout: LONG_POLL_MS });
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

async function createItems(name: string, count = 3): Promise<void> {
  await under.sql.query(`CREATE TABLE ${name} (id int4 PRIMARY KEY, n int4, note text)`);
  await under.sql.query(`INSERT INTO ${name} SELECT i, i * 10, 'note' FROM generate_series(1, ${count}) i`);
}

async function ask(query: Record<string, string>, init: RequestInit = {}, url = under.server.url) {
  const answer = await fetch(`${url}/v1/shape?${new URLSearchParams(query)}`, init);
  const text = await answer.text();
  const header = (name: string) => answer.headers.get(name) ?? "";
  const place = { handle: header("electric-handle"), offset: header("electric-offset") };
  return { status: answer.status, text, header, place };
}

const changes = (text: string): Message[] =>
  JSON.parse(text).filter(({ headers }: Message) => headers.operation !== undefined);

/** Reads from the start to the end of the log. */
async function upToDate(query: Record<string, string>) {
  let answer = await ask({ ...query, offset: "-1" });
  while (!answer.text.includes('"up-to-date"')) answer = await ask({ ...query, ...answer.place });
  return answer;
}

test("I-1: one meaning has one handle, another meaning another", async () => {
  await createItems("meant");
  const handle = async (query: Record<string, string>) =>
    (await ask({ offset: "-1", ...query })).header("electric-handle");
  const alike: Record<string, string>[] = [
    { table: "meant", where: "n = 10", columns: "id,n" },
    { table: "public.meant", where: '(("n") =   10)', columns: "n,id" },
    {
      table: '"meant"',
      where: "n=10",
      columns: '"id",n',
      replica: "default",
      "cache-buster": "1",
      cursor: "7",
    },
  ];
  const others: Record<string, string>[] = [
    { table: "meant", where: "n = 10" },
    { table: "meant", where: "n = 11", columns: "id,n" },
    { table: "meant", where: "n = 10", columns: "id,n", replica: "full" },
    { table: "meant", where: "n = 10", columns: "id,n", log: "changes_only" },
    { table: "meant", columns: "id,n" },
  ];
  const same = await Promise.all(alike.map(handle));
  expect(new Set(same).size).toBe(1);
  expect(new Set([same[0], ...(await Promise.all(others.map(handle)))]).size).toBe(1 + others.length);
});

test("I-2: a handle that is unknown, or that of another shape, is answered with 409 and the right one", async () => {
  await createItems("first");
  await createItems("second");
  const first = await upToDate({ table: "first" });
  const second = await upToDate({ table: "second" });
  for (const handle of [second.place.handle, "1-1", "nonsense"]) {
    const answer = await ask({ table: "first", offset: "0_inf", handle });
    expect([answer.status, answer.header("electric-handle")]).toEqual([409, first.place.handle]);
    expect(JSON.parse(answer.text)).toEqual([{ headers: { control: "must-refetch" } }]);
  }
});

test("I-3: the snapshot stays as it was, whatever has happened since", async () => {
  await createItems("frozen");
  const first = await ask({ table: "frozen", offset: "-1" });
  await under.sql.query("UPDATE frozen SET n = 99; DELETE FROM frozen WHERE id = 2");
  const later = await ask({ table: "frozen", offset: "-1" });
  expect(later.text).toBe(first.text);
  expect(later.header("etag")).toBe(first.header("etag"));
  expect(JSON.parse(first.text).at(-1).headers.control).toBe("snapshot-end");
});

test("I-6: what no selected column shows is not told, and what is told is what changed", async () => {
  await createItems("silent");
  const kinds = { narrow: { columns: "id,n" }, full: { replica: "full" }, standard: {} };
  const starts = await Promise.all(
    Object.values(kinds).map((kind) => upToDate({ table: "silent", ...kind })),
  );
  await under.sql.query("UPDATE silent SET note = 'note' WHERE id = 1");
  await under.sql.query("UPDATE silent SET note = 'other' WHERE id = 2");
  await under.sql.query("UPDATE silent SET n = 31 WHERE id = 3");
  const seen = await Promise.all(
    Object.values(kinds).map(async (kind, i) => {
      const query = { table: "silent", ...kind, ...starts[i]?.place };
      await expect.poll(async () => (await ask(query)).text).toContain('"31"');
      return changes((await ask(query)).text).map(({ value, old_value }) => ({ value, old_value }));
    }),
  );
  expect(seen).toEqual([
    [{ value: { id: "3", n: "31" } }],
    [
      { value: { id: "2", n: "20", note: "other" }, old_value: { note: "note" } },
      { value: { id: "3", n: "31", note: "note" }, old_value: { n: "30" } },
    ],
    [{ value: { id: "2", note: "other" } }, { value: { id: "3", n: "31" } }],
  ]);
});

test("I-7 I-8: a transaction arrives whole, under the number that it knew itself by", async () => {
  await createItems("whole");
  const start = await upToDate({ table: "whole" });
  const live = ask({ table: "whole", ...start.place, live: "true" });
  await under.sql.query(
    "BEGIN; UPDATE whole SET n = 1 WHERE id = 1; SAVEPOINT s; UPDATE whole SET n = 2 WHERE id = 2",
  );
  await under.sql.query("ROLLBACK TO s; SAVEPOINT t; DELETE FROM whole WHERE id = 3; RELEASE t");
  const { rows } = await under.sql.query<{ txid: string }>("SELECT pg_current_xact_id()::xid::text AS txid");
  await under.sql.query("COMMIT");
  const messages = changes((await live).text);
  expect(messages.map(({ headers }) => [headers.operation, headers.last ?? false, headers.txids])).toEqual([
    ["update", false, [Number(rows[0]?.txid)]],
    ["delete", true, [Number(rows[0]?.txid)]],
  ]);
});

test("I-10: a subset's metadata tells which of the later changes it shows", async () => {
  await createItems("part");
  const shape = { table: "part", log: "changes_only" };
  const start = await upToDate(shape);
  await under.sql.query("UPDATE part SET n = 11 WHERE id = 1");
  const subset = await ask({ ...shape, ...start.place, subset__where: "id = 1" });
  const { metadata, data } = JSON.parse(subset.text);
  await under.sql.query("UPDATE part SET n = 12 WHERE id = 1");
  const query = { ...shape, handle: start.place.handle, offset: subset.header("electric-offset") };
  await expect.poll(async () => (await ask(query)).text).toContain('"12"');
  const later = changes((await ask(query)).text);
  const isNew = later.filter(({ headers }) => (headers.txids?.[0] ?? 0) >= Number(metadata.xmax));
  expect(data.map(({ value }: Message) => value?.n)).toEqual(["11"]);
  expect(isNew.map(({ value }) => value?.n)).toEqual(["12"]);
});

test("I-12: what a client knew before a restart is good after it", async () => {
  const storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  const options = {
    databaseUrl: under.databaseUrl,
    port: 0,
    host: "127.0.0.1",
    storageDir,
    replicationStreamId: `${new URL(under.databaseUrl).pathname.slice(1)}_b`,
  };
  await createItems("kept");
  const first = await startShapeServer(options);
  const page = await ask({ table: "kept", offset: "-1" }, {}, first.url);
  await first.close();
  await under.sql.query("UPDATE kept SET n = 77 WHERE id = 1");
  const second = await startShapeServer(options);
  try {
    const again = await ask({ table: "kept", offset: "-1" }, {}, second.url);
    expect([again.text, again.place]).toEqual([page.text, page.place]);
    const query = { table: "kept", ...page.place };
    await expect.poll(async () => (await ask(query, {}, second.url)).text).toContain('"77"');
  } finally {
    await second.close();
    await dropSlots(under.databaseUrl, `electric_slot_${options.replicationStreamId}`);
    await rm(storageDir, { recursive: true, force: true });
  }
});

test("I-13: a live request waits for the first change, or for the time of a long poll", async () => {
  await createItems("waited");
  const start = await upToDate({ table: "waited" });
  const quiet = await ask({ table: "waited", ...start.place, live: "true" });
  expect([quiet.status, quiet.header("electric-has-data"), quiet.place]).toEqual([200, "false", start.place]);
  // a change between two polls is told by the second
  await under.sql.query("UPDATE waited SET n = 1 WHERE id = 1");
  const told = await ask({ table: "waited", ...quiet.place, live: "true" });
  expect(changes(told.text).map(({ value }) => value)).toEqual([{ id: "1", n: "1" }]);
});

test("I-15: an answer that the client has is not sent again, one that differs has another etag, errors are not kept", async () => {
  await createItems("cached");
  const first = await ask({ table: "cached", offset: "-1" });
  const second = await ask(
    { table: "cached", offset: "-1" },
    { headers: { "if-none-match": first.header("etag") } },
  );
  expect([second.status, second.text]).toEqual([304, ""]);
  const end = await upToDate({ table: "cached" });
  await under.sql.query("UPDATE cached SET n = 1 WHERE id = 1");
  const query = { table: "cached", ...end.place };
  await expect.poll(async () => (await ask(query)).text).toContain('"operation":"update"');
  const grown = await ask(query, { headers: { "if-none-match": end.header("etag") } });
  expect([grown.status, grown.header("etag") === end.header("etag")]).toEqual([200, false]);
  const wrong = await ask({ table: "nothing", offset: "-1" });
  expect([wrong.status, wrong.header("cache-control")]).toEqual([400, "no-store"]);
});

test("I-16: without its secret nothing is told", async () => {
  await using secret = await serverUnderTest(inject("postgresUrl"), { secret: "word" });
  const url = secret.server.url;
  const guesses: Record<string, string>[] = [
    {},
    { secret: "" },
    { secret: "wor" },
    { secret: "word2" },
    { api_secret: "x" },
  ];
  for (const given of guesses) {
    for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
      const answer = await ask({ table: "nothing", offset: "-1", ...given }, { method }, url);
      expect(answer.status).toBe(401);
      expect(answer.text).not.toContain("nothing");
    }
  }
  expect((await ask({ table: "pg_class", offset: "-1", secret: "word" }, {}, url)).status).toBe(400);
});

test("I-9 I-18: a NULL is in no sub-query, also not in one that has a NULL", async () => {
  await createItems("outer_rows");
  await createItems("inner_rows");
  await under.sql.query("UPDATE inner_rows SET n = NULL WHERE id = 2");
  const shape = { table: "outer_rows", where: "n IN (SELECT n FROM inner_rows)" };
  const start = await upToDate(shape);
  await under.sql.query("UPDATE outer_rows SET n = NULL WHERE id = 1");
  await under.sql.query("INSERT INTO outer_rows VALUES (4, NULL), (5, 30)");
  const query = { ...shape, ...start.place };
  await expect.poll(async () => (await ask(query)).text).toContain('"30"');
  const seen = changes((await ask(query)).text).map(({ headers, value }) => [headers.operation, value?.id]);
  expect(seen).toEqual([
    ["delete", "1"],
    ["insert", "5"],
  ]);
});

test("I-4: a table that was described when no shape was made of it keeps its keys", async () => {
  await createItems("forgotten");
  await createItems("witness");
  await upToDate({ table: "forgotten" });
  const witness = { table: "witness", ...(await upToDate({ table: "witness" })).place };
  await ask({ table: "forgotten" }, { method: "DELETE" });
  // described again, for nobody, with the next change
  await under.sql.query("ALTER TABLE forgotten ADD COLUMN more text");
  await under.sql.query("UPDATE forgotten SET n = 1");
  await under.sql.query("UPDATE witness SET n = 77 WHERE id = 1");
  await expect.poll(async () => (await ask(witness)).text).toContain('"77"');
  const query = { table: "forgotten", ...(await upToDate({ table: "forgotten" })).place };
  await under.sql.query("UPDATE forgotten SET n = 2 WHERE id = 1");
  await expect.poll(async () => (await ask(query)).text).toContain('"operation"');
  expect(changes((await ask(query)).text).map(({ headers, key }) => [headers.operation, key])).toEqual([
    ["update", '"public"."forgotten"/"1"'],
  ]);
});
