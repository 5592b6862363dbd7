import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The variables that a deployment reads: `infra/stage.ts` reads all but the key, which Neon's provider reads itself. */
const settings = [
  "NEON_API_KEY",
  ...[...read("infra/stage.ts").matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name ?? ""),
].filter((name, index, all) => all.indexOf(name) === index);

/** The variables of which a workflow hands each to the deployment, from the variables and secrets of its environment. */
const handedOver = (workflow: string) =>
  [...read(`.github/workflows/${workflow}.yml`).matchAll(/^ +(\w+): \$\{\{ (?:vars|secrets)\.(\w+) \}\}$/gm)]
    .filter(([, name, source]) => name === source)
    .map(([, name]) => name);

test("the page on deploying has a row for each setting", () => {
  const page = read("docs/deploying.md");
  expect(settings.length).toBeGreaterThan(8);
  expect(settings.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

test("production is deployed with each setting, except for the one that is for other stages", () => {
  const given = handedOver("production");
  expect(settings.filter((name) => !given.includes(name))).toEqual(["NEON_PROJECT_ID"]);
});

test("a preview branches from the shared project, and has no alarms and no containers", () => {
  const given = handedOver("preview").filter((name) => settings.includes(name ?? ""));
  expect(new Set(given)).toEqual(
    new Set(["NEON_API_KEY", "NEON_ORG_ID", "NEON_PROJECT_ID", "TRACER_DOMAIN"]),
  );
});
