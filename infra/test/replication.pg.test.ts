import { randomUUID } from "node:crypto";
import { migrate } from "@tracer/core/drizzle/migrate";
import { urlOf } from "@tracer/core/drizzle/roles";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { metricLine, readReplication, replicationMetrics } from "../watch/replication.ts";

const name = `watch_${randomUUID().replaceAll("-", "")}`;
const url = new URL(inject("postgresUrl"));
url.pathname = name;
// The global setup gives the role this password.
const asApp = urlOf(url.href, "app", "app");
const admin = new pg.Client({ connectionString: inject("postgresUrl") });
const owner = new pg.Client({ connectionString: url.href });

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create database ${name}`);
  await migrate(url.href);
  await owner.connect();
});

afterAll(async () => {
  await owner.query(
    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()",
  );
  await owner.end();
  await admin.end();
});

test("a database without a slot says so", async () => {
  expect(await readReplication(asApp)).toEqual({
    slots: 0,
    unread: 0,
    lag: 0,
    kept: 0,
  });
});

test("a slot that nobody reads falls behind by what is written, and keeps the log", async () => {
  await owner.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  const before = await readReplication(asApp);
  expect(before).toMatchObject({ slots: 1, unread: 1 });

  await owner.query("create table filler as select repeat('x', 1000) as text from generate_series(1, 1000)");
  const after = await readReplication(asApp);
  expect(after.lag - before.lag).toBeGreaterThan(1_000_000);
  expect(after.kept).toBeGreaterThanOrEqual(after.lag);
});

test("a database that does not answer is an error, so that the metrics are missing", async () => {
  const nowhere = new URL(asApp);
  nowhere.pathname = `${name}_nowhere`;
  await expect(readReplication(nowhere.href)).rejects.toMatchObject({ code: "3D000" });
});

test("a line names the metrics with their units, and holds a number for each", () => {
  const line = JSON.parse(
    metricLine("app/production", { slots: 1, unread: 0, lag: 5, kept: 7 }, 1_700_000_000_000),
  );
  const { Timestamp, CloudWatchMetrics } = line._aws;
  expect(Timestamp).toBe(1_700_000_000_000);
  const [{ Namespace, Metrics }] = CloudWatchMetrics;
  expect(Namespace).toBe("app/production");
  expect(Metrics).toContainEqual({ Name: replicationMetrics.lag.name, Unit: "Bytes" });
  expect(Metrics.map(({ Name }: { Name: string }) => line[Name])).toEqual([1, 0, 5, 7]);
});
