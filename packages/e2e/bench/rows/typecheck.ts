import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../../../generator/test/project-copy.ts";
import type { Row } from "../row.ts";
import { median } from "../statistics.ts";

const rounds = 3;
const run = promisify(execFile);

/** The type check of all packages after a check that found nothing to complain about. */
export const row: Row = {
  title: "npm run typecheck",
  about: "The check of all packages, when nothing has changed since the last check.",
  measure: async () => {
    const taken: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const began = performance.now();
      await run("npm", ["run", "typecheck"], { cwd: root });
      // The first round warms up.
      if (round > 0) taken.push((performance.now() - began) / 1000);
    }
    return [{ what: "all packages, warm", unit: "s", aimed: "app", aim: "≤ 6", app: median(taken) }];
  },
};
