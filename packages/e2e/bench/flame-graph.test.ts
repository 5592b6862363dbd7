import { expect, test } from "vitest";
import { flameGraph } from "./flame-graph.ts";
import { flameTree, packageOf } from "./flame-tree.ts";
import type { CpuProfile } from "./inspector.ts";

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 0 },
  children,
});

const library = "file:///app/_libs/drizzle-orm.mjs";

/** Two stacks that meet in `serve`: one of them calls `query` from two places, and `query` calls itself. */
const profile: CpuProfile = {
  nodes: [
    node(1, "(root)", "", [2, 3]),
    node(2, "(idle)", ""),
    node(3, "serve", "file:///app/index.mjs", [4, 5]),
    node(4, "query", library, [6]),
    node(5, "query", library),
    node(6, "query", library, [7]),
    node(7, "<write>", "node:net"),
  ],
  samples: [2, 2, 2, 3, 4, 5, 6, 7, 7],
};

test("stacks of a profile are joined, and the time without work is left out", () => {
  const tree = flameTree(profile);
  expect(tree.samples).toBe(6);
  const [serve] = tree.callees.values();
  expect(serve).toMatchObject({ name: "serve", package: "app", samples: 6 });
  const callees = [...(serve?.callees.values() ?? [])];
  expect(callees).toMatchObject([{ name: "query", package: "drizzle-orm", samples: 5 }]);
  expect([...(callees[0]?.callees.values() ?? [])]).toMatchObject([
    { name: "<write>", package: "node", samples: 2 },
  ]);
});

test("the package of a function follows from its script", () => {
  expect(packageOf("file:///a/.output/server/_libs/@tanstack/db+%5B...%5D.mjs")).toBe("@tanstack/db");
  expect(packageOf("file:///a/.output/server/_libs/electric-sql__client.mjs")).toBe("@electric-sql/client");
  expect(packageOf("file:///a/.output/server/_ssr/caller-CTCQV4hQ.mjs")).toBe("app");
  expect(packageOf("")).toBe("native");
});

test("a box is as wide as the part of the time in which its function ran, and names the function", () => {
  const svg = flameGraph(flameTree(profile), "Shapes & writes");
  expect(svg).toContain('aria-label="Shapes &amp; writes"');
  expect(svg).toContain("<title>&lt;write> (node): 33.3 %</title>");
  expect(svg).toMatch(/<title>query \(drizzle-orm\): 83\.3 %<\/title><rect x="0\.0" y="76" width="833\.3"/);
});
