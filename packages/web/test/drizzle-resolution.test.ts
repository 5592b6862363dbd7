import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const drizzle = dirname(createRequire(import.meta.filename).resolve("drizzle-orm"));

test("Drizzle's modules import each other by the paths of files, which need no resolution", () => {
  const modules = globSync("**/*.js", { cwd: drizzle, exclude: ["node_modules/**"] });
  const imports = modules.flatMap((module) => {
    const text = readFileSync(join(drizzle, module), "utf8");
    return [...text.matchAll(/\bfrom "(\.[^"]+)"/g)].map(([, path = ""]) => join(dirname(module), path));
  });
  expect(imports.length).toBeGreaterThan(500);
  expect(
    [...new Set(imports)].filter((path) => !path.endsWith(".js") || !existsSync(join(drizzle, path))),
  ).toEqual([]);
});

test("all of Drizzle's modules that end in .js are ES modules", () => {
  const texts = globSync("**/package.json", { cwd: drizzle, exclude: ["node_modules/**"] }).map((path) =>
    readFileSync(join(drizzle, path), "utf8"),
  );
  expect(texts.map((text): unknown => JSON.parse(text).type)).toEqual(["module"]);
});
