import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, test } from "vitest";
import { createExampleTables } from "../example/tables";
import { openBench, proceduresOf } from "./bench";

/**
 * Defines the tests that hold example tables, which have what real tables need, against the rules for the app's own tables.
 *
 * @param tables the tables in which the people of the test have rows
 * @param names the collections whose shapes and procedures are held against the rules
 */
export async function testExamples(tables: PgTable[], names: readonly string[]): Promise<void> {
  const opened = await openBench(createExampleTables);
  afterAll(() => opened[Symbol.asyncDispose]());
  const { exampleShapes, exampleTrpc } = await import("../example/server");
  const { contract } = await import("./contract");
  const shapes = Object.entries(exampleShapes)
    .filter(([path]) => names.includes(path.replace("/api/", "")))
    .map(([path, handle]) => ({ path, policy: handle.policy, handle }));
  const procedures = proceduresOf(exampleTrpc).filter(({ path }) => names.includes(path.split(".")[0] ?? ""));
  const bench = await opened.people(tables, shapes);
  for (const { name, hold } of contract(bench, procedures)) test(name, hold);
}
