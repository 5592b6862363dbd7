import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Shape, ShapeStream } from "@electric-sql/client";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type ShapeServer, startShapeServer } from "./index.ts";

let storageDir: string;
let databaseUrl: string;
let sql: Client;
let server: ShapeServer;
const name = `server_${randomUUID().slice(0, 8)}`;

async function start(): Promise<ShapeServer> {
  return startShapeServer({
    databaseUrl,
    port: 0,
    storageDir,
    longPollTimeout: 2_000,
    replicationStreamId: name,
  });
}

beforeAll(async () => {
  const admin = new Client({ connectionString: inject("postgresUrl") });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  databaseUrl = url.href;
  sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  await sql.query(
    `CREATE TABLE "user" (id text PRIMARY KEY, name text NOT NULL, active boolean DEFAULT false)`,
  );
  await sql.query(`INSERT INTO "user" VALUES ('a', 'Ann', true), ('b', 'Bob', false)`);
  storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  server = await start();
});

afterAll(async () => {
  await server?.close();
  await sql?.end();
  await rm(storageDir, { recursive: true, force: true });
});

function follow(handleUrl = server.url) {
  const stop = new AbortController();
  const stream = new ShapeStream({
    url: `${handleUrl}/v1/shape`,
    params: { table: '"user"', where: '"id" = $1', params: ["a"], columns: ["id", "name"] },
    signal: stop.signal,
  });
  return { stream, shape: new Shape(stream), stop: () => stop.abort() };
}

/** Resolves when the shape shows `rows`. */
function shows(shape: Shape, rows: unknown[]): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (JSON.stringify(shape.currentRows) === JSON.stringify(rows)) resolve();
    };
    shape.subscribe(check);
    check();
  });
}

test("the official client sees one row of a table and follows it", async () => {
  const { shape, stop } = follow();
  expect(await shape.rows).toEqual([{ id: "a", name: "Ann" }]);
  await sql.query(`UPDATE "user" SET name = 'Anna' WHERE id = 'a'`);
  await shows(shape, [{ id: "a", name: "Anna" }]);
  await sql.query(`DELETE FROM "user" WHERE id = 'a'`);
  await shows(shape, []);
  await sql.query(`INSERT INTO "user" VALUES ('a', 'Ann', true)`);
  await shows(shape, [{ id: "a", name: "Ann" }]);
  stop();
});

test("messages carry the id of the transaction that wrote them", async () => {
  const { stream, shape, stop } = follow();
  const txids = new Set<number>();
  stream.subscribe((messages) => {
    for (const message of messages) {
      if (!("value" in message)) continue;
      for (const txid of [message.headers.txids].flat()) txids.add(Number(txid));
    }
  });
  await shape.rows;
  const { rows } = await sql.query<{ txid: string }>(
    `WITH change AS (UPDATE "user" SET name = 'Annie' WHERE id = 'a' RETURNING 1)
     SELECT pg_current_xact_id()::xid::text AS txid FROM change`,
  );
  await shows(shape, [{ id: "a", name: "Annie" }]);
  expect(txids).toContain(Number(rows[0]?.txid));
  stop();
});

test("a restart keeps handles and offsets, and what happened meanwhile follows", async () => {
  const first = follow();
  await first.shape.rows;
  await sql.query(`UPDATE "user" SET name = 'before' WHERE id = 'a'`);
  await shows(first.shape, [{ id: "a", name: "before" }]);
  first.stop();
  const { shapeHandle: handle, lastOffset: offset } = first.stream;
  await server.close();
  await sql.query(`UPDATE "user" SET name = 'while it was away' WHERE id = 'a'`);
  server = await start();
  const query = new URLSearchParams({
    table: "user",
    where: '"id" = $1',
    "params[1]": "a",
    columns: "id,name",
  });
  const url = `${server.url}/v1/shape?${query}&handle=${handle}&offset=${offset}&live=true`;
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("electric-handle")).toBe(handle);
  const messages: { value?: unknown }[] = JSON.parse(await answer.text());
  expect(messages[0]?.value).toEqual({ id: "a", name: "while it was away" });
});
