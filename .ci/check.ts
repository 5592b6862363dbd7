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

const commands: readonly Command[] = [
  { name: "typecheck", command: "npm run typecheck" },
  { name: "lint", command: "npm run lint" },
  vitest("unit", "test:unit"),
  playwright("e2e", "test:e2e"),
  vitest("long unit", "test:long:unit"),
  playwright("long e2e", "test:long:e2e"),
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

function vitest(name: string, script: string): Command {
  const report = join(reports, `${name}.json`);
  const reporters = `--reporter=default --reporter=json --outputFile.json=${JSON.stringify(report)}`;
  return { name, command: `npm run ${script} -- ${reporters}`, report };
}

/** Playwright's configuration takes the path of the report from the environment. */
function playwright(name: string, script: string): Command {
  return { name, command: `npm run ${script}`, report: join(reports, `${name}.json`) };
}

function run({ name, command, report }: Command): Step {
  console.log(`\n=== ${name}: ${command}`);
  const { status, signal, error } = spawnSync(command, {
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "1", ...(report && { PLAYWRIGHT_JSON_OUTPUT_FILE: report }) },
  });
  // A command that a signal ended has no exit code.
  const exitCode = status ?? 1;
  if (exitCode !== 0)
    console.log(`=== ${name} failed: ${error?.message ?? signal ?? `exit code ${exitCode}`}`);
  return { name, exitCode, ...(report && { report }) };
}
