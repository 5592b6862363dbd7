import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type App, openApp } from "./app";

let app: App;
let db: typeof import("@tracer/core/drizzle/database").db;
beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ db } = await import("@tracer/core/drizzle/database"));
  await app.sql.query("create table counted (n integer primary key)");
});
afterAll(() => app[Symbol.asyncDispose]());

/** The frames that the app sends to the database, as text. */
let sent: string[];
beforeEach(async () => {
  await db.execute(sql`select 1`);
  const send = WebSocket.prototype.send;
  sent = [];
  vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, message) {
    sent.push(Buffer.from(message as Uint8Array).toString("latin1"));
    send.call(this, message);
  });
});
afterEach(() => vi.restoreAllMocks());

const numbers = async () => (await app.sql.query("select n from counted order by n")).rows.map(({ n }) => n);

test("a statement is one message to the gateway, and begin travels with the first statement", async () => {
  const result = await db.transaction(async (tx) => {
    await tx.execute(sql`insert into counted values (${1})`);
    return tx.execute(sql`select n, pg_current_xact_id_if_assigned() is not null as written from counted`);
  });
  expect(result.rows).toEqual([{ n: 1, written: true }]);
  expect(sent.map((frame) => /begin|insert|select|commit/g.exec(frame)?.[0])).toEqual([
    "begin",
    "select",
    "commit",
  ]);
  expect(sent[0]).toContain("insert into counted");
  expect(await numbers()).toEqual([1]);
});

test("a transaction whose first statement fails is rolled back, and its connection serves the next one", async () => {
  for (const n of [1, 2]) {
    const failed = db.transaction(async (tx) => {
      await tx.execute(sql`insert into counted values (${n}), (${1})`);
    });
    await expect(failed).rejects.toThrow();
    await expect(db.transaction((tx) => tx.execute(sql`select 1 / ${0}`))).rejects.toThrow();
    const { rows } = await db.transaction((tx) => tx.execute(sql`select count(*)::int as n from counted`));
    expect(rows).toEqual([{ n: 1 }]);
  }
  expect(await numbers()).toEqual([1]);
});

test("a later statement that fails undoes the first one", async () => {
  const failed = db.transaction(async (tx) => {
    await tx.execute(sql`insert into counted values (5)`);
    await tx.execute(sql`insert into counted values (5)`);
  });
  await expect(failed).rejects.toThrow();
  expect(await numbers()).toEqual([1]);
});

test("isolation, nested transactions and transactions without statements work as before", async () => {
  await db.transaction(async () => {});
  expect(sent).toEqual([]);
  const level = await db.transaction((tx) => tx.execute(sql`show transaction_isolation`), {
    isolationLevel: "serializable",
  });
  expect(level.rows).toEqual([{ transaction_isolation: "serializable" }]);
  await db.transaction(async (tx) => {
    await tx
      .transaction(async (inner) => {
        await inner.execute(sql`insert into counted values (6)`);
        throw new Error("undo the inner one");
      })
      .catch(() => {});
    await tx.execute(sql`insert into counted values (7)`);
  });
  expect(await numbers()).toEqual([1, 7]);
});

test("statements that one transaction starts at once run in their order", async () => {
  const results = await db.transaction((tx) =>
    Promise.all([1, 2, 3].map((n) => tx.execute(sql`select ${n}::int as n, now() as began`))),
  );
  const rows = results.flatMap((result) => result.rows);
  expect(rows.map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(new Set(rows.map(({ began }) => String(began))).size).toBe(1);
});
