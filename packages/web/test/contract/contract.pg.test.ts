import { afterAll, expect, test } from "vitest";
import { openBench } from "./bench";

const opened = await openBench();
const { contract } = await import("./contract");
const { discoverCollections, discoverDefaults, discoverRoutes, discoverTables, wrongCalls } = await import(
  "./discover"
);
const { wrongDefaults } = await import("./defaults");
const { shapes, procedures, others } = await discoverRoutes();
const collections = await discoverCollections();
const bench = await opened.people(await discoverTables(), shapes);

afterAll(() => opened[Symbol.asyncDispose]());

/** Routes that serve neither a shape nor tRPC. Each is a decision, because no rule of this suite checks the route. */
const knownOthers = [
  "/api/account-data",
  "/api/auth/$",
  "/api/health",
  "/api/line",
  "/api/picture",
  "/api/picture/$",
  "/api/ready",
];

test("every route below /api serves a shape, or tRPC, or is known to do something else", () => {
  expect(others).toEqual(knownOthers);
  expect(shapes.map(({ path }) => path)).toContain("/api/users");
  expect(procedures.map(({ path }) => path)).toContain("users.update");
});

test("every collection has a shape route of its name, and every shape route a collection", () => {
  expect(collections.map(({ name }) => `/api/${name}`).sort()).toEqual(shapes.map(({ path }) => path).sort());
});

test.for(shapes)("$path and its collection agree on the way to sync", ({ path, policy }) => {
  const collection = collections.find(({ name }) => `/api/${name}` === path);
  expect(collection?.sync).toBe(policy.sync ?? "eager");
});

test.for(shapes)("$path is written by its collection through the procedures of its table", (shape) => {
  const collection = collections.find(({ name }) => `/api/${name}` === shape.path);
  expect(collection && wrongCalls(collection, shape, procedures)).toEqual([]);
});

test.for(await discoverDefaults())(
  "$name: a new row in the browser holds what Postgres puts into it",
  async (one) => {
    expect(await wrongDefaults(bench.ada, one)).toEqual([]);
  },
);

// A title with "$name" would cut the name off after forty characters.
for (const { name, hold } of contract(bench, procedures)) test(name, hold);
