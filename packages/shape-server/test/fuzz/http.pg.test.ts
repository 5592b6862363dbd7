import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bytes, request } from "./requests.ts";
import { hangUp, send, sendBytes } from "./send.ts";
import { serverUnderTest } from "./server-under-test.ts";

// No request makes the server fail, say what it must not say, or run what it must not run. SHAPE_FUZZ_RUNS asks for more.

const RUNS = Number(process.env.SHAPE_FUZZ_RUNS ?? 1_500);
const CANARY = "a value that nobody may see 7d1f";
const TIMEOUT_MS = 60_000 + RUNS * 50;
const STATUSES = [200, 202, 204, 304, 400, 401, 404, 405, 409, 413, 414, 431];

let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { longPollTimeout: 100, allowDelete: true });
  await under.sql.query(`
    CREATE TABLE items (id int4 PRIMARY KEY, name text, active boolean, tags text[]);
    INSERT INTO items SELECT i, 'item ' || i, i % 2 = 0, '{a,b}' FROM generate_series(1, 20) i;
    CREATE TABLE canary (id int4 PRIMARY KEY, secret text);
    INSERT INTO canary VALUES (1, '${CANARY}');
    CREATE VIEW v AS SELECT * FROM items;
    CREATE SEQUENCE touched;
    CREATE FUNCTION touch() RETURNS int4 LANGUAGE sql AS $$ SELECT nextval('touched')::int4 $$`);
});

afterAll(async () => {
  hangUp();
  await under?.[Symbol.asyncDispose]();
});

/** What no request may have changed. */
async function untouched() {
  const { rows } = await under.sql.query(
    `SELECT (SELECT string_agg(secret, ',') FROM canary) AS canary, (SELECT is_called FROM touched) AS touched,
       (SELECT count(*)::int4 FROM items) AS items, (SELECT array_agg(relname::text ORDER BY relname) FROM pg_class
         WHERE relnamespace = 'public'::regnamespace) AS relations`,
  );
  return rows[0];
}

test("I-14: no request makes it answer with 5xx, show what was not asked of it, or change the database", {
  timeout: TIMEOUT_MS,
}, async () => {
  const before = await untouched();
  const property = fc.asyncProperty(request, async (each) => {
    const { status, text } = await send(under.server.port, each);
    // a stream is cut off by the test itself
    const known = status === 0 || STATUSES.includes(status);
    expect({ known, status, text: text.slice(0, 300) }).toMatchObject({ known: true });
    expect(text).not.toContain(CANARY);
  });
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  expect(await untouched()).toEqual(before);
});

test("I-14: requests that are cut short, or are none, leave it alive", { timeout: TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), async (each, wait) => {
      const answer = await sendBytes(under.server.port, each, wait);
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
    }),
    { numRuns: Math.ceil(RUNS / 10), endOnFailure: true },
  );
  const { status } = await send(under.server.port, {
    method: "GET",
    path: "/v1/health",
    headers: [],
    body: "",
  });
  expect(status).toBe(200);
});

test("I-2: a shape that is deleted while it is being read answers with 200 or 409, never with an error", async () => {
  const url = `${under.server.url}/v1/shape?table=items`;
  const statuses = new Set<number>();
  for (let i = 0; i < 60; i++) {
    const read = fetch(`${url}&offset=-1`);
    const answers = await Promise.all([read, fetch(url, { method: "DELETE" }), fetch(`${url}&offset=-1`)]);
    for (const answer of answers) {
      statuses.add(answer.status);
      await answer.text();
    }
  }
  expect([...statuses].filter((status) => ![200, 202, 404, 409].includes(status))).toEqual([]);
});
