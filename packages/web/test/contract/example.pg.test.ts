import { afterAll, test } from "vitest";
import { createExampleTables, exampleTables } from "../example/tables";
import { openBench, proceduresOf } from "./bench";

// Holds example tables, which have what real tables need, against the rules for the app's own tables.
const opened = await openBench(createExampleTables);
const { exampleShapes, exampleTrpc } = await import("../example/server");
const { contract } = await import("./contract");
const shapes = Object.entries(exampleShapes).map(([path, handle]) => ({
  path,
  policy: handle.policy,
  handle,
}));
const bench = await opened.people(exampleTables, shapes);

afterAll(() => opened[Symbol.asyncDispose]());

for (const { name, hold } of contract(bench, proceduresOf(exampleTrpc))) test(name, hold);
