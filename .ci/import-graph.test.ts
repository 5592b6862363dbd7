import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { circlesIn, folderCirclesIn, type ImportGraph, readImportGraph } from "./import-graph.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = readdirSync(new URL("../packages", import.meta.url));

describe("a graph", () => {
  const graphOf = (imports: Record<string, readonly string[]>): ImportGraph =>
    new Map(Object.entries(imports).map(([path, imported]) => [path, new Set(imported)]));

  test("in which each file imports only those below has no circle", () => {
    expect(circlesIn(graphOf({ a: ["b", "c"], b: ["c"], c: [] }))).toEqual([]);
  });

  test("has a circle where files reach one another", () => {
    const graph = graphOf({ a: ["b"], b: ["c"], c: ["b", "d"], d: [], e: ["f"], f: ["g"], g: ["e"] });
    expect(circlesIn(graph)).toEqual([
      ["b", "c"],
      ["e", "f", "g"],
    ]);
  });

  test("has circles between folders whose files have none", () => {
    const graph = graphOf({
      "src/log/a.ts": ["src/shapes/b.ts"],
      "src/shapes/b.ts": [],
      "src/shapes/deep/c.ts": ["src/log/d.ts"],
      "src/log/d.ts": [],
    });
    expect(circlesIn(graph)).toEqual([]);
    expect(folderCirclesIn(graph, "src")).toEqual([["src/log/", "src/shapes/"]]);
  });

  test("has no circle between a folder and a single file, and tests are left out", () => {
    const graph = graphOf({
      "src/where.ts": ["src/where/build.ts"],
      "src/where/build.ts": ["src/log/a.ts"],
      "src/where/entry.ts": ["src/where.ts"],
      "src/log/a.ts": [],
      "src/log/a.test.ts": ["src/where.ts"],
    });
    expect(folderCirclesIn(graph, "src")).toEqual([]);
  });
});

describe("this repository", () => {
  const graph = readImportGraph(root);

  test("has imports by path, by alias and by package", () => {
    expect(graph.get(".ci/check.ts")).toContain(".ci/tally.ts");
    const collections = graph.get("packages/web/src/lib/collections.ts");
    expect(collections).toContain("packages/web/src/lib/trpc-client.ts");
    expect(collections).toContain("packages/core/src/auth/auth.sql.ts");
  });

  // Tables refer to each other, so their schema files may too. Each of these files can be loaded first:
  // `schema-order.test.ts` in the web package holds that.
  test("has no circle between files other than schema files", () => {
    const circles = circlesIn(graph).filter((circle) => !circle.every((path) => path.endsWith(".sql.ts")));
    expect(circles).toEqual([]);
  });

  test.each(packages)("has no circle between the folders of %s", (name) => {
    expect(folderCirclesIn(graph, `packages/${name}/src`)).toEqual([]);
  });
});
