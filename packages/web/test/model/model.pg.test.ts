import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp, type Person } from "../app";
import { serve } from "../example/browser";
import { createExampleTables } from "../example/tables";
import { startShapeServer } from "../shape-server";
import { auditTables } from "./audit";
import { startBrowser } from "./browser";
import type { Reports } from "./edits";
import { Random } from "./random";
import { runModel } from "./run";
import { Wire } from "./wire";

// Random edits of one person in two browsers with six tabs, on a wire that loses, delays, repeats and reorders, while
// tabs reload and close, and the network and the server go and come. OUTBOX_MODEL_EDITS makes more edits, OUTBOX_MODEL_SEED
// takes other choices, and OUTBOX_MODEL_SHARED adds the browser of a second person, with whom rows are shared.

const edits = Number(process.env.OUTBOX_MODEL_EDITS ?? 200);
const seed = Number(process.env.OUTBOX_MODEL_SEED ?? 1);
const shared = process.env.OUTBOX_MODEL_SHARED === "true";
const pace = Number(process.env.OUTBOX_MODEL_PACE ?? 0.01);

const stack = new AsyncDisposableStack();
let app: App;
let server: { url: string };

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(
    await openApp(shapeServer, async (sql) => {
      await createExampleTables(sql);
      await auditTables(sql);
    }),
  );
  const { exampleHandlers } = await import("../example/server");
  server = stack.use(await serve(app.origin, exampleHandlers));
});

afterAll(() => stack.disposeAsync());

test("every edit is saved once, in order and whole, or said to be refused, and every page shows it", {
  // For tests that hang: on a busy machine 200 edits have taken more than 220 s.
  timeout: 600_000 + edits * 2_000,
}, async () => {
  await using stack = new AsyncDisposableStack();
  const [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")];
  const wire = stack.use(new Wire(server.url, new Random(seed + 1), pace));
  const url = await wire.open();
  const reports: Reports = { made: [], told: new Map() };
  const start = async (name: string, person: Person, friend: Person, tabs: number) => {
    const browser = stack.use(await startBrowser({ name, server: url, person, friend }, reports));
    return { browser, tabs };
  };
  const browsers = [
    await start("Ada's first browser", ada, bob, 3),
    await start("Ada's second browser", ada, bob, 3),
    ...(shared ? [await start("Bob's browser", bob, ada, 1)] : []),
  ];
  const began = performance.now();
  const { problems, made, refused, counts, restSeconds } = await runModel({
    ...{ seed, edits, pace, wire, browsers, reports },
    sql: app.sql,
  });
  expect(problems.slice(0, 20).join("\n")).toBe("");
  const seconds = Math.round((performance.now() - began) / 1000);
  console.info(
    `seed ${seed}: ${made} edits, ${refused} refused, ${JSON.stringify(counts)}, ${seconds} s, of which ${Math.round(restSeconds)} s to come to rest`,
  );
});
