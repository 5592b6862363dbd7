import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { startUpstream } from "../../../../test/upstream";

let app: App;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
/** How Electric answers: a status, or "nothing" to hold the request. */
let electric: number | "nothing" = 200;

beforeAll(async () => {
  upstream = await startUpstream((_request, response) => {
    if (electric === "nothing") return;
    response.writeHead(electric).end('{"status":"active","secret":"of electric"}');
  });
  app = await openApp(upstream.url);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** Asks a handler with an empty memory. */
async function ready() {
  const { readiness } = await import("~/lib/server/health/readiness");
  const { serveReady } = await import("~/lib/server/health/serve-health");
  const answer = await serveReady(readiness())();
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  return { status: answer.status, body: await answer.json() };
}

test("is ready when the database has every migration and Electric serves", async () => {
  electric = 200;
  expect(await ready()).toEqual({ status: 200, body: { ready: true } });
});

test("names Electric when Electric starts, fails, or does not answer in time", async () => {
  for (const [answer, reason] of [
    [202, "electric is starting"],
    [500, "electric does not answer"],
    ["nothing", "electric does not answer"],
  ] as const) {
    electric = answer;
    expect(await ready(), String(answer)).toEqual({ status: 503, body: { ready: false, reasons: [reason] } });
  }
  electric = 200;
});

test("names the migrations when the newest one is missing", async () => {
  const { rows } = await app.sql.query(
    "delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations) returning hash, created_at",
  );
  expect(await ready()).toEqual({
    status: 503,
    body: { ready: false, reasons: ["the database lacks migrations"] },
  });
  for (const { hash, created_at } of rows)
    await app.sql.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
      hash,
      created_at,
    ]);
  expect((await ready()).status).toBe(200);
});

test("a thousand who ask at once cost one question, and so do those who ask within the next second", async () => {
  const { readiness } = await import("~/lib/server/health/readiness");
  const check = readiness();
  const before = upstream.requests.length;
  await Promise.all(Array.from({ length: 1_000 }, check));
  await check();
  expect(upstream.requests.length - before).toBe(1);
});

test("names the database while the database takes no connections", async () => {
  await using elsewhere = await otherDatabase();
  const database = new URL(app.databaseUrl).pathname.slice(1);
  await elsewhere.sql.query(`alter database "${database}" with allow_connections false`);
  await app.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  const body = { ready: false, reasons: ["the database does not answer"] };
  expect(await ready()).toEqual({ status: 503, body });
  await elsewhere.sql.query(`alter database "${database}" with allow_connections true`);
  await expect.poll(ready).toMatchObject({ status: 200 });
});

/** Connects to the server's own database. A connection cannot close the database that the connection uses. */
async function otherDatabase() {
  const url = new URL(app.databaseUrl);
  url.pathname = "/postgres";
  const sql = new pg.Client({ connectionString: url.href });
  await sql.connect();
  return { sql, [Symbol.asyncDispose]: () => sql.end() };
}
