import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { serverUnderTest } from "./fuzz/server-under-test.ts";

// Rules of Electric that no recording shows.

const LONG_POLL_MS = 1_000;
let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { longPollTimeout: LONG_POLL_MS });
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

async function ask(query: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${under.server.url}/v1/shape?${new URLSearchParams(query)}`, { headers });
  const header = (name: string) => answer.headers.get(name) ?? "";
  const place = { handle: header("electric-handle"), offset: header("electric-offset") };
  return { status: answer.status, text: await answer.text(), header, place };
}

async function upToDate(query: Record<string, string>) {
  let answer = await ask({ ...query, offset: "-1" });
  while (!answer.text.includes('"up-to-date"')) answer = await ask({ ...query, ...answer.place });
  return answer;
}

test("snapshots cast addresses and domains to text, the log does not", async () => {
  await under.sql.query(`CREATE DOMAIN code AS char(4); CREATE DOMAIN peer AS inet;
    CREATE TABLE casts (a inet PRIMARY KEY, c char(4), d code, p peer);
    INSERT INTO casts VALUES ('10.0.0.1', 'x', 'x', '::1')`);
  const first = await ask({ table: "casts", offset: "-1" });
  expect(JSON.parse(first.text)[0]).toMatchObject({
    key: '"public"."casts"/"10.0.0.1//32"',
    value: { a: "10.0.0.1/32", c: "x   ", d: "x", p: "::1/128" },
  });
  const { place } = await upToDate({ table: "casts" });
  const live = ask({ table: "casts", ...place, live: "true" });
  await under.sql.query("INSERT INTO casts VALUES ('10.0.0.2', 'x', 'x', '::1')");
  expect(JSON.parse((await live).text)[0]).toMatchObject({
    value: { a: "10.0.0.2", c: "x   ", d: "x   ", p: "::1" },
  });
});

test("without a primary key every column names the row, so that none may be left out", async () => {
  await under.sql.query("CREATE TABLE keyless (a int, b text)");
  const refused = await ask({ table: "keyless", columns: "a", offset: "-1" });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).errors.columns[0]).toMatch(/missing: b$/);
  expect((await ask({ table: "keyless", columns: "b,a", offset: "-1" })).status).toBe(200);
});

test("a live request that names the answer which led to it gets 304 at once", async () => {
  await under.sql.query("CREATE TABLE named (id int PRIMARY KEY)");
  const { place } = await upToDate({ table: "named" });
  const last = await ask({ table: "named", ...place });
  const live = await ask(
    { table: "named", ...place, live: "true" },
    { "if-none-match": last.header("etag") },
  );
  expect([live.status, live.text]).toEqual([304, ""]);
});

test("a stream beyond the end of the log is opened, and ends without events", async () => {
  await under.sql.query("CREATE TABLE beyond (id int PRIMARY KEY)");
  const { place } = await upToDate({ table: "beyond" });
  const offset = "99999999999_0";
  const stream = await ask({ table: "beyond", ...place, offset, live: "true", live_sse: "true" });
  expect([stream.status, stream.text]).toEqual([200, ""]);
  expect(stream.header("content-type")).toBe("text/event-stream");
  expect((await ask({ table: "beyond", ...place, offset, live: "true" })).status).toBe(400);
});

test("a place that lies behind the shape's last change is out of bounds, also when other tables have got there", async () => {
  await under.sql.query("CREATE TABLE still (id int PRIMARY KEY); CREATE TABLE moving (id int PRIMARY KEY)");
  const still = await upToDate({ table: "still" });
  const early = await ask({ table: "still", ...still.place, offset: "1_0" });
  expect(early.status).toBe(400);
  const moving = await upToDate({ table: "moving" });
  await under.sql.query("INSERT INTO still VALUES (1)");
  const live = ask({ table: "moving", ...moving.place, live: "true" });
  await under.sql.query("INSERT INTO moving VALUES (1)");
  const { offset } = (await live).place;
  const late = await ask({ table: "still", ...still.place, offset });
  expect([late.status, JSON.parse(late.text).errors.offset]).toEqual([400, ["out of bounds for this shape"]]);
});

test("the answer that sends clients to a shape has one etag, wherever they come from", async () => {
  await under.sql.query("CREATE TABLE wanted (id int PRIMARY KEY)");
  const { place } = await upToDate({ table: "wanted" });
  for (const offset of ["0_0", "0_inf", "77_2"]) {
    const lost = await ask({ table: "wanted", handle: "1-1", offset });
    expect([lost.status, lost.header("etag")]).toEqual([409, `"${place.handle}::"`]);
  }
});

test("a shape of a partitioned table goes on with a partition that is new", async () => {
  await under.sql.query(`CREATE TABLE parts (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)`);
  const start = await upToDate({ table: "parts" });
  await under.sql.query("CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20)");
  const live = ask({ table: "parts", ...start.place, live: "true" });
  await under.sql.query("INSERT INTO parts VALUES (11, 'a')");
  const inserted = await live;
  expect(JSON.parse(inserted.text)[0]).toMatchObject({ key: '"public"."parts_2"/"11"' });
  await expect
    .poll(async () => {
      const { rows } = await under.sql.query("SELECT relreplident FROM pg_class WHERE relname = 'parts_2'");
      return rows[0]?.relreplident;
    })
    .toBe("f");
  const later = ask({ table: "parts", ...inserted.place, live: "true" });
  await under.sql.query("UPDATE parts SET v = 'b' WHERE id = 11");
  expect(JSON.parse((await later).text)[0]).toMatchObject({ value: { id: "11", v: "b" } });
});

test("a condition that the database cannot compute is refused, again and again", async () => {
  await under.sql.query("CREATE TABLE words (id int PRIMARY KEY, w text); INSERT INTO words VALUES (1, 'x')");
  for (let i = 0; i < 2; i++) {
    const refused = await ask({ table: "words", where: "w::int = 1", offset: "-1" });
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).errors.where[0]).toContain("invalid input syntax");
  }
});

test("a table with generated columns can be written to when a shape was made of its others", async () => {
  await under.sql.query(`CREATE TABLE made (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED);
    INSERT INTO made VALUES (1, 1)`);
  const { place } = await upToDate({ table: "made", columns: "id,a" });
  const live = ask({ table: "made", columns: "id,a", ...place, live: "true" });
  await under.sql.query("UPDATE made SET a = 2");
  expect(JSON.parse((await live).text)[0].value).toEqual({ id: "1", a: "2" });
  expect((await ask({ table: "made", offset: "-1" })).status).toBe(400);
});

test("a table without columns is refused, like one that is not there", async () => {
  await under.sql.query("CREATE TABLE empty_row ()");
  const refused = await ask({ table: "empty_row", offset: "-1" });
  expect([refused.status, Object.keys(JSON.parse(refused.text).errors)]).toEqual([400, ["table"]]);
});

test("a subset does not send a client on from a place beyond the end of the log", async () => {
  await under.sql.query("CREATE TABLE short (id int PRIMARY KEY)");
  const { place } = await upToDate({ table: "short" });
  const live = ask({ table: "short", ...place, live: "true" });
  await under.sql.query("INSERT INTO short VALUES (1)");
  const { offset } = (await live).place;
  const subset = await ask({ table: "short", ...place, offset: "99999999999_0", subset__where: "id = 1" });
  expect([subset.status, subset.place.offset]).toEqual([200, offset]);
});

test("a stream that was asked for with POST is not to be kept", async () => {
  await under.sql.query("CREATE TABLE posted (id int PRIMARY KEY)");
  const { place } = await upToDate({ table: "posted" });
  const query = new URLSearchParams({ table: "posted", ...place, live: "true", live_sse: "true" });
  const stop = new AbortController();
  const stream = await fetch(`${under.server.url}/v1/shape?${query}`, {
    method: "POST",
    signal: stop.signal,
  });
  expect(stream.headers.get("cache-control")).toBe("no-cache");
  stop.abort();
});

test("requests whose lines are longer than Electric reads are refused", async () => {
  await under.sql.query("CREATE TABLE lengthy (v text PRIMARY KEY)");
  const asked = (length: number, headers: Record<string, string> = {}) => {
    const where = `v='${"x".repeat(length)}'`;
    return fetch(`${under.server.url}/v1/shape?table=lengthy&offset=-1&where=${where}`, { headers });
  };
  expect((await asked(9_900)).status).toBe(200);
  for (const length of [10_000, 20_000]) expect((await asked(length)).status).toBe(414);
  expect((await asked(1, { "x-long": "y".repeat(10_001) })).status).toBe(431);
});

test("I-16: the secret is asked for however the path is spelled, and only where shapes are served", async () => {
  await using guarded = await serverUnderTest(inject("postgresUrl"), { secret: "word" });
  const status = async (path: string, method = "GET") =>
    (await fetch(`${guarded.server.url}${path}?table=none&offset=-1`, { method })).status;
  for (const path of ["/v1/shape", "/v1/shape/", "//v1//shape", "/v1/%73hape"]) {
    expect([path, await status(path)]).toEqual([path, 401]);
  }
  for (const path of ["/v1%2Fshape", "/v1/shape/x", "/v1"]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
  expect(await status("/v1/shape", "PUT")).toBe(404);
  expect(await status("/v1/%zz")).toBe(400);
});

test("a table and one that inherits from it are shapes, whichever is asked for first", async () => {
  await under.sql.query(`CREATE TABLE older (id int PRIMARY KEY, v text); CREATE TABLE younger (w text) INHERITS (older);
    INSERT INTO older VALUES (1, 'a'); INSERT INTO younger VALUES (2, 'b', 'c')`);
  expect((await ask({ table: "younger", offset: "-1" })).status).toBe(200);
  const { place } = await upToDate({ table: "older" });
  const live = ask({ table: "older", ...place, live: "true" });
  await under.sql.query("INSERT INTO older VALUES (3, 'd')");
  expect(JSON.parse((await live).text)[0].value).toEqual({ id: "3", v: "d" });
});

test("a table that was made like another has arrays without dimensions", async () => {
  await under.sql.query(`CREATE TABLE declared (id int PRIMARY KEY, a text[], m int[][], v int2vector);
    CREATE TABLE alike (LIKE declared INCLUDING ALL)`);
  const schema = async (table: string) =>
    JSON.parse((await ask({ table, offset: "-1" })).header("electric-schema"));
  expect(await schema("declared")).toMatchObject({
    a: { type: "text", dims: 1 },
    m: { type: "int4", dims: 2 },
    v: { type: "int2vector" },
  });
  expect(await schema("alike")).toMatchObject({ a: { type: "_text" }, m: { type: "_int4" } });
});

test("all that is wrong with the numbers of a subset is told, and of its texts the ordering first", async () => {
  await under.sql.query("CREATE TABLE wrong (id int PRIMARY KEY)");
  const errors = async (subset: Record<string, string>) => {
    const answer = await ask({ table: "wrong", offset: "-1", ...subset });
    return [answer.status, JSON.parse(answer.text).errors];
  };
  const ordered = "order_by is required when limit or offset is present";
  expect(await errors({ subset__limit: "0", subset__offset: "-1" })).toEqual([
    400,
    {
      subset: {
        limit: ["must be greater than 0"],
        offset: ["must be greater than or equal to 0"],
        order_by: [ordered],
      },
    },
  ]);
  expect(await errors({ subset__limit: "x" })).toEqual([400, { subset: { limit: ["is invalid"] } }]);
  expect(await errors({ subset__where: "nope", subset__order_by: "nope" })).toEqual([
    400,
    { subset: { order_by: ["At location 18: unknown reference nope"] } },
  ]);
});

test("a label that an enum does not have is refused in a subset in Postgres' words", async () => {
  await under.sql.query(`CREATE TYPE felt AS ENUM ('good', 'bad');
    CREATE TABLE feelings (id int PRIMARY KEY, mood felt); INSERT INTO feelings VALUES (1, 'good'), (2, 'bad')`);
  const subset = async (where: string) =>
    ask({ table: "feelings", offset: "-1", subset__where: where, subset__params: '{"1":"bad"}' });
  const found = JSON.parse((await subset("mood = $1 OR mood IN ('bad')")).text);
  expect(found.data.map((row: { value: unknown }) => row.value)).toEqual([{ id: "2", mood: "bad" }]);
  const refused = await subset("mood = 'fine'");
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    400,
    {
      message: "Invalid request",
      errors: { subset: { where: 'invalid input value for enum felt: "fine"' } },
    },
  ]);
});
