import { readFileSync } from "node:fs";

/** How many tests passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/** One command of a run: its exit code and, where it ran tests, the path of its JSON report. */
export interface Step {
  name: string;
  exitCode: number;
  report?: string;
}

interface VitestReport {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
  errors: unknown[];
}

/**
 * Adds up the tests of a run's steps. A step that failed without a failed test counts as one failure: a type error, a
 * crash, a missing report.
 *
 * @param read returns the text of a report, and throws when there is none
 */
export function tally(steps: Step[], read = (file: string) => readFileSync(file, "utf8")): Tally {
  const total: Tally = { passed: 0, failed: 0 };
  for (const { exitCode, report } of steps) {
    const counted = report === undefined ? { passed: 0, failed: 0 } : countOrFail(report, read);
    total.passed += counted.passed;
    total.failed += exitCode !== 0 && counted.failed === 0 ? 1 : counted.failed;
  }
  return total;
}

/** Whether a run is green: at least one test ran, and nothing failed. */
export function isGreen({ passed, failed }: Tally): boolean {
  return failed === 0 && passed > 0;
}

function countOrFail(file: string, read: (file: string) => string): Tally {
  try {
    return count(JSON.parse(read(file)));
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function count(report: VitestReport | PlaywrightReport): Tally {
  return "stats" in report ? countPlaywright(report) : countVitest(report);
}

function countVitest({ testResults }: VitestReport): Tally {
  const total: Tally = { passed: 0, failed: 0 };
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === "failed").length;
    total.passed += assertionResults.filter((test) => test.status === "passed").length;
    // A file that could not be loaded has failed, and its report lists no tests.
    total.failed += status === "failed" ? Math.max(failed, 1) : failed;
  }
  return total;
}

function countPlaywright({ stats, errors }: PlaywrightReport): Tally {
  // `errors` are failures outside of all tests, such as a server that did not start.
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
}
