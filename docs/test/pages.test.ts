import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  commandsOf,
  filesNamed,
  linksOf,
  namedFiles,
  namedFunctions,
  pages,
  scriptsOf,
  stepsOf,
} from "./pages.ts";
import { root, sourceTrees, textOf } from "./source-trees.ts";

/** The examples of these pages are tables that the repository does not have. */
const examples = ["docs/adding-a-table.md", "docs/patterns.md"];
const walks = [...new Set(sourceTrees.map(({ page }) => page))];

test("every link on a page leads somewhere", () => {
  const broken = eachPage((text, page) =>
    linksOf(text).filter((target) => !existsSync(join(root, dirname(page), target))),
  );
  expect(broken).toEqual([]);
});

test("every npm script that a page names can be run", () => {
  const unknown = eachPage((text) =>
    commandsOf(text).filter(({ script, workspaces }) => {
      const places = workspaces.length > 0 ? workspaces.map(scriptsOf) : [scriptsOf()];
      return places.some((scripts) => !(script in scripts));
    }),
  );
  expect(unknown).toEqual([]);
});

test("every file that a page names exists", () => {
  const missing = eachPage((text, page) =>
    examples.includes(page) ? [] : namedFiles(text).filter((name) => filesNamed(name).length === 0),
  );
  expect(missing).toEqual([]);
});

test.for(walks)("every function that a walk of %s names stands in a file of the same step", (page) => {
  const steps = stepsOf(textOf(page)).filter((step) => namedFunctions(step).length > 0);
  expect(steps).not.toEqual([]);
  const missing = steps.flatMap((step) => {
    const sources = namedFiles(step).flatMap(filesNamed).map(textOf).join("\n");
    return namedFunctions(step).filter((name) => !contains(sources, name));
  });
  expect(missing).toEqual([]);
});

/** What `find` finds on each page, beside the page's name. */
function eachPage<Found>(find: (text: string, page: string) => Found[]): [page: string, found: Found][] {
  return pages.flatMap((page) => find(textOf(page), page).map((found): [string, Found] => [page, found]));
}

/** Whether a text contains each name of `Class.name()` as a word. */
function contains(text: string, name: string): boolean {
  return name
    .replace("()", "")
    .split(".")
    .every((word) => new RegExp(`(?<![\\w$])${word.replaceAll("$", "\\$")}(?![\\w$])`).test(text));
}
