import { expect, test } from "vitest";
import { failures } from "./failures.ts";

const inReport = (report: unknown) =>
  failures([{ name: "tests", exitCode: 1, report: "report.json" }], () => JSON.stringify(report));

test("a failed test of Vitest is named with its file and the first lines of its error", () => {
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`).join("\n");
  const found = inReport({
    testResults: [
      {
        name: "src/a.test.ts",
        message: "",
        assertionResults: [
          { fullName: "adds", status: "passed", failureMessages: [] },
          { fullName: "takes away", status: "failed", failureMessages: [`\u001b[31m${lines}`] },
        ],
      },
    ],
  });
  expect(found).toEqual([
    { test: "src/a.test.ts: takes away", error: lines.split("\n").slice(0, 12).join("\n") },
  ]);
});

test("a file that Vitest could not load is named with the reason", () => {
  const found = inReport({
    testResults: [{ name: "src/a.test.ts", message: "No such module", assertionResults: [] }],
  });
  expect(found).toEqual([{ test: "src/a.test.ts", error: "No such module" }]);
});

test("a failed test of Playwright is named with its file and its groups", () => {
  const spec = (title: string, ok: boolean) => ({
    title,
    ok,
    tests: [{ results: [ok ? {} : { error: { message: "Timed out" } }] }],
  });
  const found = inReport({
    suites: [
      {
        title: "a.spec.ts",
        specs: [spec("passes", true)],
        suites: [{ title: "a group", specs: [spec("fails", false)] }],
      },
    ],
    errors: [{ message: "no server" }],
  });
  expect(found).toEqual([
    { test: "a.spec.ts: a group: fails", error: "Timed out" },
    { test: "outside of all tests", error: "no server" },
  ]);
});

test("a report that cannot be read names nothing", () => {
  expect(
    failures([
      { name: "tests", exitCode: 1, report: "/nowhere/report.json" },
      { name: "lint", exitCode: 1 },
    ]),
  ).toEqual([]);
});
