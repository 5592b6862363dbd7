import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const json = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

test("the overrides, which @better-auth/passkey needs, are the versions that better-auth itself needs", () => {
  const { overrides } = json("../package.json");
  const { packages } = json("../package-lock.json");
  const place = Object.keys(packages).find((path) => path.endsWith("node_modules/better-auth")) ?? "";
  const { dependencies } = packages[place];
  const names = Object.keys(overrides);
  expect(names.sort()).toEqual(["@better-auth/utils", "@better-fetch/fetch", "better-call"]);
  expect(overrides).toEqual(Object.fromEntries(names.map((name) => [name, dependencies[name]])));
});
