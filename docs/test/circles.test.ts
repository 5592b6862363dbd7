import { expect, test } from "vitest";
import { circlesIn, graphOf, importedFile, importsOf, importsOfLaterLines, nodeOf } from "./imports.ts";
import { mapOf } from "./map.ts";
import { sourceTrees } from "./source-trees.ts";

test.for(sourceTrees)("no folders of $path import each other in a circle", ({ path }) => {
  const graph = graphOf(path);
  const edges = [...graph.values()].flatMap((targets) => [...targets]);
  expect(edges).not.toEqual([]);
  expect(circlesIn(graph)).toEqual([]);
});

test.for(sourceTrees.filter(({ bottomUp }) => bottomUp))("$page maps $path bottom-up", ({ page, path }) => {
  const lines = mapOf(page).map((entry) => entry.path.slice(path.length + 1));
  expect(importsOfLaterLines(graphOf(path), lines)).toEqual([]);
});

test("each form of an import is found", () => {
  const text = `
    import a from "./a.ts";
    import type { B } from '~/b';
    import {
      c,
    } from "./c.ts";
    export * from "./d.ts";
    export type { E } from "./e.ts";
    import "./f.css";
    const g = await import("./g.ts");
    type H = import("./h.ts").H;
  `;
  const specifiers = ["./a.ts", "~/b", "./c.ts", "./d.ts", "./e.ts", "./f.css", "./g.ts", "./h.ts"];
  expect(importsOf(text)).toEqual(specifiers);
});

test("an import leads to a file of the tree, or out of the tree", () => {
  const files = new Set(["lib/trpc.ts", "lib/trpc/users.ts", "page.tsx"]);
  const from = (specifier: string) => importedFile("lib/trpc/users.ts", specifier, files);
  expect(from("~/lib/trpc")).toBe("lib/trpc.ts");
  expect(from("./users.ts")).toBe("lib/trpc/users.ts");
  expect(from("../../page?raw")).toBe("page.tsx");
  expect(from("../../../outside.ts")).toBeUndefined();
  expect(from("zod")).toBeUndefined();
});

test("a file belongs to its folder, or stands alone beside subfolders", () => {
  const parents = new Set([".", "lib"]);
  expect(nodeOf("lib/trpc/users.ts", parents)).toBe("lib/trpc/");
  expect(nodeOf("lib/trpc.ts", parents)).toBe("lib/trpc.ts");
  expect(nodeOf("main.ts", parents)).toBe("main.ts");
});

test("an import from a later line is found, also between subfolders", () => {
  const lines = ["low/", "where/", "where/syntax/", "where/build/", "high/"];
  const graph = new Map([
    ["high/", new Set(["low/"])],
    ["low/", new Set(["where/syntax/"])],
    ["where/syntax/", new Set(["where/build/", "low/"])],
  ]);
  expect(importsOfLaterLines(graph, lines)).toEqual([
    ["low/", "where/syntax/"],
    ["where/syntax/", "where/build/"],
  ]);
});

test("a circle of any length is found, and a chain is none", () => {
  const graph = (edges: Record<string, string[]>) =>
    new Map(Object.entries(edges).map(([node, targets]) => [node, new Set(targets)]));
  const chain = { "a/": ["b/", "c/"], "b/": ["c/"], "c/": [] };
  expect(circlesIn(graph(chain))).toEqual([]);
  expect(circlesIn(graph({ ...chain, "c/": ["main.ts"], "main.ts": ["a/"] }))).toEqual([
    ["a/", "b/", "c/", "main.ts"],
  ]);
  const sideBySide = { "lib/a.ts": ["lib/b.ts"], "lib/b.ts": ["lib/a.ts"] };
  expect(circlesIn(graph(sideBySide))).toEqual([]);
});
