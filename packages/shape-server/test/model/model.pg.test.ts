import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type ShapeServer, startShapeServer } from "../../src/index.ts";
import { createDatabase } from "../replay/database.ts";
import { plan } from "./plan.ts";
import { runPlan } from "./run.ts";
import { freePort, ServerProcess } from "./servers.ts";

// Random tables, shapes, transactions and clients. SHAPE_MODEL_RUNS makes the search longer, SHAPE_MODEL_SEED repeats one.

const RUNS = Number(process.env.SHAPE_MODEL_RUNS ?? 8);
const SEED = process.env.SHAPE_MODEL_SEED;
const TIMEOUT_MS = 60_000 + RUNS * 10_000;

const settings = (numRuns: number) => ({
  numRuns,
  endOnFailure: process.env.SHAPE_MODEL_SHRINK === undefined,
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let storageDir: string;
let server: ShapeServer;

beforeAll(async () => {
  database = await createDatabase(inject("postgresUrl"));
  storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  server = await startShapeServer({
    databaseUrl: database.url,
    port: 0,
    storageDir,
    longPollTimeout: 2_000,
    replicationStreamId: database.name,
    logLevel: process.env.SHAPE_MODEL_LOG ?? "error",
  });
});

afterAll(async () => {
  await server?.close();
  await database?.[Symbol.asyncDispose]();
  await rm(storageDir, { recursive: true, force: true });
});

test("I-4 I-5 I-6 I-7: every client shows what Postgres selects, and no change came twice, late or out of order", {
  timeout: TIMEOUT_MS,
}, async () => {
  const size = { writers: 3, transactions: 25, readers: 8, kills: 0 };
  await fc.assert(
    fc.asyncProperty(plan(size, false), async (each) => {
      expect(await runPlan(each, { databaseUrl: database.url, url: server.url })).toEqual([]);
    }),
    settings(RUNS),
  );
});

test("I-4 I-9: the same with conditions on other tables, whose rows move in and out", {
  timeout: TIMEOUT_MS,
}, async () => {
  const size = { writers: 2, transactions: 20, readers: 5, kills: 0 };
  await fc.assert(
    fc.asyncProperty(plan(size, true), async (each) => {
      expect(await runPlan(each, { databaseUrl: database.url, url: server.url })).toEqual([]);
    }),
    settings(RUNS),
  );
});

test("I-4 I-12: the same with the server killed and started again at random points", {
  timeout: TIMEOUT_MS,
}, async () => {
  await using own = await createDatabase(inject("postgresUrl"));
  const directory = await mkdtemp(join(tmpdir(), "shapes-"));
  const child = new ServerProcess(await freePort(), {
    DATABASE_URL: own.url,
    ELECTRIC_STORAGE_DIR: directory,
    ELECTRIC_REPLICATION_STREAM_ID: own.name,
    ELECTRIC_LONG_POLL_TIMEOUT: "2000",
  });
  const restart = async () => {
    await child.end("SIGKILL");
    await child.start();
  };
  await child.start();
  try {
    const size = { writers: 3, transactions: 20, readers: 6, kills: 3 };
    await fc.assert(
      fc.asyncProperty(
        fc.boolean().chain((moves) => plan(size, moves)),
        async (each) => {
          expect(await runPlan(each, { databaseUrl: own.url, url: child.url, restart })).toEqual([]);
        },
      ),
      settings(Math.ceil(RUNS / 3)),
    );
  } finally {
    await child.end("SIGTERM");
    await rm(directory, { recursive: true, force: true });
  }
});
