// Lints what Biome does not read: the Dockerfile and the workflows. `npm run lint` runs this file after Biome.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lintDockerfile } from "./lint-dockerfile.ts";
import { lintWorkflow } from "./lint-workflow.ts";

const root = join(import.meta.dirname, "..");
const linters: readonly [pattern: string, lint: (text: string) => string[]][] = [
  ["Dockerfile", lintDockerfile],
  [".github/workflows/*.yml", lintWorkflow],
];

let found = 0;
for (const [pattern, lint] of linters) {
  for (const path of globSync(pattern, { cwd: root })) {
    for (const problem of lint(readFileSync(join(root, path), "utf8"))) {
      console.error(`${path}: ${problem}`);
      found += 1;
    }
  }
}
if (found > 0) process.exitCode = 1;
