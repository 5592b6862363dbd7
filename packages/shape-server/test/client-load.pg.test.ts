import { type Message, type Row, Shape, ShapeStream } from "@electric-sql/client";
import { createCollection, createLiveQueryCollection, gte } from "@tanstack/db";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { serverUnderTest } from "./fuzz/server-under-test.ts";

// The official client and TanStack DB's collection while several sessions write, and while shapes end under them.

let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { allowDelete: true, longPollTimeout: 1_000 });
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

interface Item extends Row {
  id: number;
  n: number;
}

async function createItems(name: string): Promise<void> {
  await under.sql.query(`CREATE TABLE ${name} (id int4 PRIMARY KEY, n int4 NOT NULL)`);
  await under.sql.query(`INSERT INTO ${name} SELECT i, i FROM generate_series(1, 50) i`);
}

/** Three sessions that insert, change, move and delete rows; `between` happens in the midst of it. */
async function work(table: string, between: () => Promise<unknown> = async () => {}): Promise<void> {
  const session = async (own: number) => {
    const client = new Client({ connectionString: under.databaseUrl });
    await client.connect();
    for (let i = 0; i < 60; i++) {
      const id = 1 + ((i * 7 + own * 13) % 60);
      await client
        .query(`BEGIN;
        INSERT INTO ${table} VALUES (${id}, ${i}) ON CONFLICT (id) DO UPDATE SET n = excluded.n;
        UPDATE ${table} SET n = n + 1 WHERE id % 10 = ${(i + own) % 10};
        ${i % 5 === 0 ? `DELETE FROM ${table} WHERE id = ${1 + ((id + own) % 60)};` : ""}
        ${i % 7 === 0 ? "ROLLBACK" : "COMMIT"}`)
        .catch(() => client.query("ROLLBACK"));
      if (own === 0 && i === 30) await between();
    }
    await client.end();
  };
  await Promise.all([0, 1, 2].map(session));
}

/** What the table has with `n` of at least `least`. */
async function rowsOf(table: string, least: number): Promise<Item[]> {
  const { rows } = await under.sql.query<Item>(`SELECT id, n FROM ${table} WHERE n >= ${least} ORDER BY id`);
  return rows;
}

const inOrder = (rows: Item[]) => rows.map(({ id, n }) => ({ id, n })).sort((a, b) => a.id - b.id);

test.for([false, true])(
  "I-4: a Shape of the official client shows all that was written (streams: %s)",
  async (liveSse) => {
    const table = `shape_${liveSse}`;
    await createItems(table);
    const stop = new AbortController();
    const shape = new Shape<Item>(
      new ShapeStream<Item>({
        url: `${under.server.url}/v1/shape`,
        params: { table, where: "n >= 5" },
        liveSse,
        signal: stop.signal,
      }),
    );
    await shape.rows;
    await work(table);
    const wanted = await rowsOf(table, 5);
    await expect.poll(() => inOrder(shape.currentRows)).toEqual(wanted);
    stop.abort();
  },
);

test("I-2: a Shape whose shape is deleted while it is written to starts again and misses nothing", async () => {
  await createItems("ended");
  const stop = new AbortController();
  let restarts = 0;
  const stream = new ShapeStream<Item>({
    url: `${under.server.url}/v1/shape`,
    params: { table: "ended" },
    signal: stop.signal,
  });
  stream.subscribe((messages: Message<Item>[]) => {
    restarts += messages.filter(({ headers }) => headers.control === "must-refetch").length;
  });
  const shape = new Shape<Item>(stream);
  await shape.rows;
  await work("ended", () => fetch(`${under.server.url}/v1/shape?table=ended`, { method: "DELETE" }));
  await expect.poll(() => inOrder(shape.currentRows)).toEqual(await rowsOf("ended", -1));
  expect(restarts).toBeGreaterThan(0);
  stop.abort();
});

test.for(["eager", "on-demand", "progressive"] as const)(
  "I-10: a collection in %s mode that loads while others write has what Postgres has",
  async (syncMode) => {
    const table = `load_${syncMode.replace("-", "_")}`;
    await createItems(table);
    // On demand, a change may be all that is ever heard of a row: it must be a whole one.
    const replica = syncMode === "on-demand" ? "full" : "default";
    const collection = createCollection(
      electricCollectionOptions<Item>({
        id: table,
        getKey: (item) => item.id,
        syncMode,
        shapeOptions: { url: `${under.server.url}/v1/shape`, params: { table, replica } },
      }),
    );
    const query = (least: number) =>
      createLiveQueryCollection((q) => q.from({ item: collection }).where(({ item }) => gte(item.n, least)));
    const first = query(10);
    const second = query(3);
    // the first rows are read while they change, and more are asked for in the midst of it
    const askForMore = async () => {
      // Until the whole has come, this collection takes no row from two parts that differ in it.
      if (syncMode === "progressive") await collection.stateWhenReady();
      await second.preload();
    };
    await Promise.all([first.preload(), work(table, askForMore)]);
    // A query that nobody subscribes to is emptied after some seconds, which would hide what is wrong.
    for (const one of [first, second]) one.subscribeChanges(() => {});
    await expect.poll(() => inOrder(first.toArray)).toEqual(await rowsOf(table, 10));
    await expect.poll(() => inOrder(second.toArray)).toEqual(await rowsOf(table, 3));
    await first.cleanup();
    await second.cleanup();
    await collection.cleanup();
  },
);

test("I-11: a client of a stream may go on from where the stream's last message put it", async () => {
  await createItems("quiet");
  await createItems("busy");
  const base = `${under.server.url}/v1/shape?table=quiet`;
  const first = await fetch(`${base}&offset=-1`);
  const handle = first.headers.get("electric-handle");
  await first.text();
  await (await fetch(`${under.server.url}/v1/shape?table=busy&offset=-1`)).text();
  await under.sql.query("UPDATE quiet SET n = 1000 WHERE id = 1");
  // the stream has gone on, for another shape
  await under.sql.query("UPDATE busy SET n = 1000 WHERE id = 1");
  const busy = `${under.server.url}/v1/shape?table=busy`;
  await expect
    .poll(async () => (await fetch(`${busy}&offset=0_inf&handle=${await handleOf(busy)}`)).text())
    .toContain("1000");
  const events = await (await fetch(`${base}&offset=0_inf&handle=${handle}&live=true&live_sse=true`)).text();
  const [, lsn] = /up-to-date","global_last_seen_lsn":"(\d+)"/.exec(events) ?? [];
  // as the official client does it
  const next = await fetch(`${base}&offset=${lsn}_0&handle=${handle}&live=true`);
  expect([next.status, await next.text()]).toEqual([200, expect.stringContaining("up-to-date")]);
});

async function handleOf(url: string): Promise<string> {
  const answer = await fetch(`${url}&offset=now`);
  await answer.text();
  return answer.headers.get("electric-handle") ?? "";
}
