import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lookFile, lookOfPictures } from "../../packages/e2e/pictures/look.ts";
import { root } from "./source-trees.ts";

test("the pictures show the app as it looks now: otherwise `npm run pictures` takes them again", () => {
  expect(readFileSync(join(root, lookFile), "utf8").trim()).toBe(lookOfPictures());
});

test("every picture of the README exists, in both themes", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const named = [...readme.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => path.includes("-dark."))).toHaveLength(named.length / 2);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
