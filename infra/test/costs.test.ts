import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { app } from "../tools/cost-constants.ts";
import { browsersIn, functionCost, perBrowser, selfHostedCost, serviceCost } from "../tools/cost-model.ts";
import { costTable } from "../tools/cost-table.ts";

const source = (path: string) =>
  readFileSync(new URL(`../../packages/web/src/lib/${path}`, import.meta.url), "utf8");

test("the model holds as many lines as the app, for as long as the app, and counts the app's signs of life", () => {
  const { node, lambda } = app.lineSeconds;
  expect(source("server/limits.ts")).toContain(
    `lineSeconds = import.meta.env.TRACER_BUILD === "lambda" ? ${lambda} : ${node};`,
  );
  expect(source("server/limits.ts")).toContain(
    `linesTogether = ${app.linesTogether.toString().replace("000", "_000")};`,
  );
  expect(source("wire/line.ts")).toContain(`heartbeatSeconds = ${app.heartbeatSeconds};`);
});

test("an open browser on Lambda costs the $17.28 that its memory costs, and the requests", () => {
  const { compute, network } = functionCost(1);
  expect(compute).toBeGreaterThan(17.28);
  expect(compute + network).toBeLessThan(17.5);
});

test("100,000 open pages on the service cost at most a cent each", () => {
  expect(perBrowser(serviceCost(100_000), 100_000)).toBeLessThanOrEqual(0.01);
});

test("the function is cheapest for a handful of pages, and the service for many", () => {
  expect(perBrowser(functionCost(2), 2)).toBeLessThan(perBrowser(serviceCost(2), 2));
  expect(perBrowser(serviceCost(1_000), 1_000)).toBeLessThan(perBrowser(functionCost(1_000), 1_000) / 50);
});

test("a process holds no more browsers than its memory and its processor allow", () => {
  const large = browsersIn({ processors: 1, gigabytes: 8 });
  expect(browsersIn({ processors: 2, gigabytes: 8 })).toBeGreaterThan(1.9 * large);
  expect(browsersIn({ processors: 2, gigabytes: 0.5 })).toBeLessThan(large);
  expect(selfHostedCost(2 * large + 2).instances).toBe(3);
});

test("the page on scaling shows the table that the command prints", () => {
  expect(readFileSync(new URL("../../docs/scaling.md", import.meta.url), "utf8")).toContain(costTable());
});
