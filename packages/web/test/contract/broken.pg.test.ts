import { randomUUID } from "node:crypto";
import { createTRPCClient, httpLink } from "@trpc/client";
import { afterAll, expect, test } from "vitest";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import page from "../../../../docs/the-contract.md?raw";
import type { Note } from "../example/note.sql";
import type { Project } from "../example/project.sql";
import type { Reading } from "../example/reading.sql";
import type { ExampleRouter } from "../example/server";
import { createExampleTables, exampleTables } from "../example/tables";
import type { Budget } from "../example/workspace.sql";
import { openBench, proceduresOf } from "./bench";

// Tests the suite itself: each rule has to find its mistake, and to name the route.
const opened = await openBench(async (sql) => {
  await createExampleTables(sql);
  await sql.query(
    `create table plot (id uuid primary key, user_id text not null references "user", m2_area integer not null,
       created_at timestamptz not null default now(), updated_at timestamptz not null default now())`,
  );
});
const { exampleShapes, exampleTrpc } = await import("../example/server");
const { wrongDefaults } = await import("./defaults");
const { holdMutation, holdShape } = await import("./contract");
const { brokenShapes } = await import("./broken-shapes");
const { brokenInputs, brokenProcedure } = await import("./broken-inputs");
const { brokenMutations } = await import("./broken-mutations");
const { shapeRules } = await import("./shape-rules");
const { mutationRules } = await import("./mutation-rules");
const { discoverCollections, sort, wrongCalls } = await import("./discover");
const shapes = Object.entries(exampleShapes).map(([path, handle]) => ({
  path,
  policy: handle.policy,
  handle,
}));
const bench = await opened.people(exampleTables, shapes);

afterAll(() => opened[Symbol.asyncDispose]());

test.for(brokenShapes)("finds %s", async ([, rule, shape, says]) => {
  await expect(holdShape(bench, shape, rule)).rejects.toThrow(says);
});

test.for(brokenMutations)("finds %s", async ([, rule, procedure, says]) => {
  await expect(holdMutation(bench, procedure, rule)).rejects.toThrow(says);
});

test.for(brokenInputs)("finds %s", async ([, name, says]) => {
  const rule = "changes no row of another user, and opens none to the caller";
  await expect(holdMutation(bench, brokenProcedure(name), rule)).rejects.toThrow(says);
});

test("every rule finds a mistake", () => {
  expect(new Set(brokenShapes.map(([, rule]) => rule))).toEqual(new Set(Object.keys(shapeRules)));
  expect(new Set(brokenMutations.map(([, rule]) => rule))).toEqual(new Set(Object.keys(mutationRules)));
});

test("the page of the contract lists every rule, in order", () => {
  const listed = (letter: string) =>
    [...page.matchAll(/^\| ([A-Z])\d+ \| (.+?) \|/gm)].flatMap(([, kind, rule]) =>
      kind === letter ? [rule] : [],
    );
  expect(listed("S")).toEqual(Object.keys(shapeRules));
  expect(listed("M")).toEqual(Object.keys(mutationRules));
});

test("finds a route that serves a shape by hand, and a second handler beside a shape's", () => {
  const shape = exampleShapes["/api/notes"];
  const byHand = async () => new Response("[]");
  const found = sort([
    ["/api/by-hand", { GET: byHand }],
    ["/api/two-ways", { GET: shape, POST: byHand }],
    ["/api/notes", { GET: shape }],
    ["/api/odd", undefined],
  ]);
  expect(found.others).toEqual(["/api/by-hand", "/api/two-ways", "/api/odd"]);
  expect(found.shapes.map(({ path }) => path)).toEqual(["/api/notes"]);
});

test("finds a collection that writes through another table's procedures, or through the wrong procedures of its own", async () => {
  const { perUser } = await import("~/lib/sync/per-user");
  const trpc = createTRPCClient<ExampleRouter>({
    links: [describingLink(), httpLink({ url: "/api/trpc", fetch: (...sent) => fetch(...sent) })],
  });
  const { collectionsFor } = perUser(({ synced }) => ({
    notes: synced<Note>("notes", { insert: trpc.notes.insert, update: trpc.notes.insert as never }),
    readings: synced<Reading>("readings", { delete: trpc.notes.delete }),
    projects: synced<Project>("projects", trpc.projects),
  }));
  const found = (await discoverCollections(collectionsFor("somebody"))).flatMap((collection) => {
    const shape = shapes.find(({ path }) => path === `/api/${collection.name}`);
    return shape ? wrongCalls(collection, shape, proceduresOf(exampleTrpc)) : ["no shape"];
  });
  expect(found).toEqual([
    "/api/notes: its collection's update calls notes.insert, which does something else",
    "/api/readings: its collection's delete calls notes.delete, which does something else",
  ]);
});

test("finds a view whose collection writes through the procedures of the whole table", async () => {
  const { perUser } = await import("~/lib/sync/per-user");
  const trpc = createTRPCClient<ExampleRouter>({
    links: [describingLink(), httpLink({ url: "/api/trpc", fetch: (...sent) => fetch(...sent) })],
  });
  const [shape] = shapes.filter(({ path }) => path === "/api/budgets");
  if (!shape) throw new Error("no view");
  for (const [update, found] of [
    [trpc.budgets.update, []],
    [
      trpc.workspaces.update,
      ["/api/budgets: its collection's update calls workspaces.update, which does something else"],
    ],
  ] as const) {
    const { collectionsFor } = perUser(({ synced }) => ({
      budgets: synced<Budget>("budgets", { update: update as never }),
    }));
    const [collection] = await discoverCollections(collectionsFor("somebody"));
    expect(collection && wrongCalls(collection, shape, proceduresOf(exampleTrpc))).toEqual(found);
  }
});

test("finds a default of the browser that Postgres does not have", async () => {
  const { project } = await import("../example/project.sql");
  const right = { id: randomUUID(), status: "draft", floors: 1, tags: [], area: null, createdAt: new Date() };
  expect(await wrongDefaults(bench.ada, { table: project, defaults: () => right })).toEqual([]);
  const wrong = { ...right, id: randomUUID(), floors: 2, area: "0", createdAt: new Date(0) };
  expect(await wrongDefaults(bench.ada, { table: project, defaults: () => wrong })).toEqual([
    "floors is 2 in the browser and 1 in Postgres",
    'area is "0" in the browser and null in Postgres',
    expect.stringMatching(/^createdAt is "1970/),
  ]);
});

test("finds a table whose rule never lets anybody read a row", async () => {
  const { access } = await import("@tracer/core/drizzle/access");
  const { sql } = await import("drizzle-orm");
  const [note] = shapes.filter(({ path }) => path === "/api/notes");
  if (!note) throw new Error("no notes");
  const never = { ...note, policy: { ...note.policy, access: access(() => sql`false`) } };
  await expect(opened.people(exampleTables, [never])).rejects.toThrow(/note: its rule lets nobody read/);
});
