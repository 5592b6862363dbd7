import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isChangeMessage, type Row, Shape, ShapeStream, type ShapeStreamOptions } from "@electric-sql/client";
import { createCollection, createLiveQueryCollection, eq, gt } from "@tanstack/db";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type ShapeServer, startShapeServer } from "../src/index.ts";
import { createDatabase } from "./replay/database.ts";

// The official client and TanStack DB's collection, unmodified, against this server.

let database: Awaited<ReturnType<typeof createDatabase>>;
let storageDir: string;
let server: ShapeServer;
let sql: Client;

beforeAll(async () => {
  database = await createDatabase(inject("postgresUrl"));
  storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  sql = new Client({ connectionString: database.url });
  await sql.connect();
  server = await startShapeServer({
    databaseUrl: database.url,
    port: 0,
    storageDir,
    allowDelete: true,
    longPollTimeout: 2_000,
    replicationStreamId: database.name,
  });
});

afterAll(async () => {
  await server?.close();
  await sql?.end();
  await database?.[Symbol.asyncDispose]();
  await rm(storageDir, { recursive: true, force: true });
});

interface Item extends Row {
  id: number;
  title: string;
  price: number;
}

async function createItems(name: string): Promise<void> {
  await sql.query(`CREATE TABLE ${name} (id int PRIMARY KEY, title text NOT NULL, price int NOT NULL)`);
  await sql.query(`INSERT INTO ${name} SELECT i, 'item ' || i, i * 10 FROM generate_series(1, 20) i`);
}

/** A stream that ends with the test. */
function follow(table: string, options: Partial<ShapeStreamOptions> = {}) {
  const stop = new AbortController();
  const stream = new ShapeStream<Item>({
    url: `${server.url}/v1/shape`,
    signal: stop.signal,
    ...options,
    params: { table, ...options.params },
  });
  return { stream, [Symbol.dispose]: () => stop.abort() };
}

/** Resolves when the shape's rows are as wanted. */
function until(shape: Shape<Item>, wanted: (rows: Item[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (wanted(shape.currentRows)) resolve();
    };
    shape.subscribe(check);
    check();
  });
}

const titleOf = (id: number, title: string) => (rows: Item[]) =>
  rows.find((row) => row.id === id)?.title === title;

test("a stream of server-sent events is followed over many changes", async () => {
  await createItems("over_sse");
  using client = follow("over_sse", { liveSse: true });
  const shape = new Shape(client.stream);
  await shape.rows;
  for (let i = 0; i < 20; i++) await sql.query(`UPDATE over_sse SET title = 'turn ${i}' WHERE id = 3`);
  await until(shape, titleOf(3, "turn 19"));
  expect(shape.currentRows).toHaveLength(20);
});

test("a deleted shape is fetched again", async () => {
  await createItems("deleted");
  using client = follow("deleted");
  const shape = new Shape(client.stream);
  await shape.rows;
  await fetch(`${server.url}/v1/shape?table=deleted`, { method: "DELETE" });
  await sql.query("UPDATE deleted SET title = 'after' WHERE id = 1");
  await until(shape, titleOf(1, "after"));
  expect(shape.currentRows).toHaveLength(20);
});

test("subsets are loaded by GET and by POST beside a log of changes only", async () => {
  await createItems("subsets");
  for (const subsetMethod of ["GET", "POST"] as const) {
    using client = follow("subsets", { log: "changes_only", subsetMethod });
    const seen = new Map<string, unknown>();
    client.stream.subscribe((messages) => {
      for (const message of messages) if (isChangeMessage(message)) seen.set(message.key, message.value);
    });
    await client.stream.requestSnapshot({
      where: "price > $1",
      params: { "1": "150" },
      orderBy: "id",
      limit: 3,
    });
    await expect.poll(() => [...seen.keys()].length).toBe(3);
    expect([...seen.values()]).toContainEqual({ id: 16, title: "item 16", price: 160 });
  }
});

test("rows move in and out with a sub-query, whoever follows", async () => {
  await createItems("goods");
  await sql.query("CREATE TABLE chosen (id int PRIMARY KEY, item int)");
  await sql.query("INSERT INTO chosen VALUES (1, 5)");
  using client = follow("goods", { params: { where: "id IN (SELECT item FROM chosen)" } });
  const keys = new Set<string>();
  client.stream.subscribe((messages) => {
    for (const message of messages) {
      if (isChangeMessage(message) && message.headers.operation === "insert") keys.add(message.key);
    }
  });
  await expect.poll(() => keys.size).toBe(1);
  await sql.query("INSERT INTO chosen VALUES (2, 7), (3, 7), (4, 9)");
  await expect.poll(() => [...keys]).toHaveLength(3);
});

test.for(["eager", "on-demand", "progressive"] as const)(
  "TanStack DB syncs a collection in %s mode",
  async (syncMode) => {
    const table = `tanstack_${syncMode.replace("-", "_")}`;
    await createItems(table);
    const collection = createCollection(
      electricCollectionOptions<Item>({
        id: table,
        getKey: (item) => item.id,
        syncMode,
        shapeOptions: { url: `${server.url}/v1/shape`, params: { table } },
      }),
    );
    const query = createLiveQueryCollection((q) =>
      q
        .from({ item: collection })
        .where(({ item }) => gt(item.price, 170))
        .orderBy(({ item }) => item.id),
    );
    await query.preload();
    expect(query.toArray.map((item) => item.id)).toEqual([18, 19, 20]);
    await sql.query(`UPDATE ${table} SET title = 'live' WHERE id = 19`);
    await expect.poll(() => query.toArray.find((item) => item.id === 19)?.title).toBe("live");
    await sql.query(`INSERT INTO ${table} VALUES (21, 'new', 500)`);
    await expect.poll(() => query.toArray.map((item) => item.id)).toEqual([18, 19, 20, 21]);
    const one = createLiveQueryCollection((q) =>
      q.from({ item: collection }).where(({ item }) => eq(item.id, 2)),
    );
    await one.preload();
    expect(one.toArray.map((item) => item.title)).toEqual(["item 2"]);
    await query.cleanup();
    await one.cleanup();
    await collection.cleanup();
  },
);

test("a write is confirmed by its transaction id", async () => {
  await createItems("confirmed");
  const collection = createCollection(
    electricCollectionOptions<Item>({
      id: "confirmed",
      getKey: (item) => item.id,
      shapeOptions: { url: `${server.url}/v1/shape`, params: { table: "confirmed" } },
      onUpdate: async ({ transaction }) => {
        const [mutation] = transaction.mutations;
        await sql.query("BEGIN");
        await sql.query("UPDATE confirmed SET title = $1 WHERE id = $2", [
          mutation.modified.title,
          mutation.key,
        ]);
        const { rows } = await sql.query<{ txid: string }>("SELECT pg_current_xact_id()::xid::text AS txid");
        await sql.query("COMMIT");
        return { txid: Number(rows[0]?.txid) };
      },
    }),
  );
  await collection.preload();
  const write = collection.update(4, (draft) => {
    draft.title = "written";
  });
  await write.isPersisted.promise;
  expect(collection.get(4)?.title).toBe("written");
  await collection.cleanup();
});
