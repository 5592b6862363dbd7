import { expect, test } from "vitest";
import { readImportGraph } from "../../.ci/import-graph.ts";
import { mapOf } from "./map.ts";
import { importsOfLaterLines } from "./map-order.ts";
import { root, sourceTrees } from "./source-trees.ts";

const sources = new Map([...readImportGraph(root)].filter(([path]) => !/\.test\.tsx?$/.test(path)));

test.for(sourceTrees.filter(({ bottomUp }) => bottomUp))("$page maps $path bottom-up", ({ page }) => {
  const lines = mapOf(page).map((entry) => entry.path);
  expect(importsOfLaterLines(sources, lines)).toEqual([]);
});

test("an import from a later line is found, also between subfolders", () => {
  const lines = ["low/", "where/", "where/syntax/", "where/build/", "high/"];
  const graph = new Map([
    ["high/a.ts", new Set(["low/b.ts"])],
    ["low/b.ts", new Set(["where/syntax/c.ts"])],
    ["where/entry.ts", new Set(["where/build/d.ts"])],
    ["where/syntax/c.ts", new Set(["where/build/d.ts", "low/b.ts"])],
  ]);
  expect(importsOfLaterLines(graph, lines)).toEqual([
    ["low/b.ts", "where/syntax/c.ts"],
    ["where/syntax/c.ts", "where/build/d.ts"],
  ]);
});
