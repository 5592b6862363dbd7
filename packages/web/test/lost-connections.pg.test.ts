import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "./app";

let app: App;
beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
});
afterAll(() => app[Symbol.asyncDispose]());

/** Ends all connections of the app in the database. */
const endConnections = () =>
  app.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );

test("transactions whose connections end at any moment give their places in the pool back", async () => {
  const { db } = await import("@tracer/core/drizzle/database");
  for (let round = 0; round < 60; round++) {
    const running = Array.from({ length: 8 }, () => db.transaction((tx) => tx.execute(sql`select 1`)));
    const settled = Promise.allSettled(running);
    await endConnections();
    await settled;
  }
  // The pool may not yet have heard of the last connections that ended.
  const three = async () => (await db.execute(sql`select 3 as three`).catch(() => undefined))?.rows;
  await expect.poll(three).toEqual([{ three: 3 }]);
}, 60_000);
