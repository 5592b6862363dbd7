import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entriesOf, mapOf } from "./map.ts";
import { foldersIn, root, sourceTrees } from "./source-trees.ts";

const pages = [...new Set(sourceTrees.map(({ page }) => page))];

test.for(sourceTrees)("$page names every folder of $path", ({ page, path }) => {
  const named = new Set(mapOf(page).map((entry) => entry.path));
  expect(foldersIn(path).filter((folder) => !named.has(`${path}/${folder}/`))).toEqual([]);
});

test.for(pages)("the map of %s names only what exists, each with a sentence", (page) => {
  const entries = mapOf(page);
  const exists = (path: string) =>
    existsSync(join(root, path)) && statSync(join(root, path)).isDirectory() === path.endsWith("/");
  expect(entries.filter(({ path }) => !exists(path))).toEqual([]);
  expect(entries.filter(({ sentence }) => sentence === "")).toEqual([]);
});

test("a path of the map is the line's name behind the names of the folders above", () => {
  const block = "a/  One.\n  b/  Two.\n    c.ts  Three.\n  d/  Four.\ne/f/  Five.\n  g/  Six.\n";
  const paths = entriesOf(block).map(({ path }) => path);
  expect(paths).toEqual(["a/", "a/b/", "a/b/c.ts", "a/d/", "e/f/", "e/f/g/"]);
});
