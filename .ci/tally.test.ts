import { expect, test } from "vitest";
import { isGreen, tally } from "./tally.ts";

const vitest = (...files: { status: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((outcome) => ({ status: outcome })),
    })),
  });

const playwright = (
  stats: { expected?: number; unexpected?: number; flaky?: number },
  errors: unknown[] = [],
) => JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });

function tallied(exitCode: number, report: string) {
  return tally([{ name: "tests", exitCode, report: "report.json" }], () => report);
}

test("the tests of both runners are added up", () => {
  const reports: Record<string, string> = {
    unit: vitest({ status: "passed", tests: ["passed", "passed", "skipped"] }),
    e2e: playwright({ expected: 3, flaky: 1 }),
  };
  const steps = Object.keys(reports).map((name) => ({ name, exitCode: 0, report: name }));
  const total = tally(steps, (file) => reports[file] ?? "");
  expect(total).toEqual({ passed: 6, failed: 0 });
  expect(isGreen(total)).toBe(true);
});

test("a failed step without tests is one failure, a passed one counts for nothing", () => {
  const total = tally([
    { name: "typecheck", exitCode: 2 },
    { name: "lint", exitCode: 0 },
  ]);
  expect(total).toEqual({ passed: 0, failed: 1 });
});

test("failed tests are not counted a second time for the exit code that they cause", () => {
  expect(tallied(1, vitest({ status: "failed", tests: ["failed", "failed", "passed"] }))).toEqual({
    passed: 1,
    failed: 2,
  });
  expect(tallied(1, playwright({ expected: 1, unexpected: 2 }))).toEqual({ passed: 1, failed: 2 });
});

test("a runner that fails although every test passed counts as a failure", () => {
  expect(tallied(1, vitest({ status: "passed", tests: ["passed"] }))).toEqual({ passed: 1, failed: 1 });
});

test("a test file that cannot be loaded is a failure", () => {
  expect(
    tallied(1, vitest({ status: "failed", tests: [] }, { status: "passed", tests: ["passed"] })),
  ).toEqual({
    passed: 1,
    failed: 1,
  });
});

test("a server that Playwright could not start is a failure", () => {
  expect(tallied(1, playwright({}, [{ message: "no server" }]))).toEqual({ passed: 0, failed: 1 });
});

test.each(["", "{", "null", "{}"])(
  "a report that reads %j is a failure, whatever the exit code",
  (report) => {
    expect(tallied(0, report)).toEqual({ passed: 0, failed: 1 });
  },
);

test("a report that was never written is a failure", () => {
  expect(tally([{ name: "tests", exitCode: 0, report: "/nowhere/report.json" }])).toEqual({
    passed: 0,
    failed: 1,
  });
});

test("a run in which nothing ran is not green", () => {
  expect(isGreen(tally([]))).toBe(false);
});
