// `npm run check`: everything that has to hold. A step that fails does not keep the later ones from running. The end
// names each failed test once more, and the last line reads "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failures } from "./failures.ts";
import { isGreen, type Step, tally } from "./tally.ts";

interface Command {
  readonly name: string;
  readonly command: string;
  /** The file that the command's JSON reporter writes, where the command runs tests. */
  readonly report?: string;
}

const reports = mkdtempSync(join(tmpdir(), "tracer-check-"));
const unit = join(reports, "unit.json");
const e2e = join(reports, "e2e.json");

const commands: readonly Command[] = [
  { name: "typecheck", command: "npm run typecheck" },
  { name: "lint", command: "npm run lint" },
  {
    name: "unit",
    command: `npm run test:unit -- --reporter=default --reporter=json --outputFile.json=${JSON.stringify(unit)}`,
    report: unit,
  },
  // Playwright's configuration takes the report's path from the environment.
  { name: "e2e", command: "npm run test:e2e", report: e2e },
];

try {
  const steps = commands.map(run);
  console.log();
  for (const { name, exitCode } of steps) console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name}`);
  for (const { test, error } of failures(steps)) console.log(`\n✘ ${test}\n${error}`);
  const total = tally(steps);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = isGreen(total) ? 0 : 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}

function run({ name, command, report }: Command): Step {
  console.log(`\n=== ${name}: ${command}`);
  const { status, signal, error } = spawnSync(command, {
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "1", PLAYWRIGHT_JSON_OUTPUT_FILE: e2e },
  });
  // A command that a signal ended has no exit code.
  const exitCode = status ?? 1;
  if (exitCode !== 0)
    console.log(`=== ${name} failed: ${error?.message ?? signal ?? `exit code ${exitCode}`}`);
  return { name, exitCode, ...(report && { report }) };
}
