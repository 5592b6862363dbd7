import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Step } from "./tally.ts";

/** A test that failed: the titles that lead to the test, and the first lines of its error. */
export interface Failure {
  readonly test: string;
  readonly error: string;
}

interface VitestReport {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

interface Suite {
  title: string;
  specs?: { title: string; ok: boolean; tests: { results: { error?: { message?: string } }[] }[] }[];
  suites?: Suite[];
}

interface PlaywrightReport {
  suites: Suite[];
  errors: { message?: string }[];
}

const linesOfAnError = 12;

/**
 * Reads which tests of a run failed, so that the end of a long output can name them once more.
 *
 * @param read returns the text of a report, and throws when there is none
 * @returns the failures, in the order of the steps; none for a step whose report cannot be read
 */
export function failures(
  steps: readonly Step[],
  read = (file: string) => readFileSync(file, "utf8"),
): Failure[] {
  return steps.flatMap(({ report }) => {
    if (report === undefined) return [];
    try {
      const parsed: VitestReport | PlaywrightReport = JSON.parse(read(report));
      return "suites" in parsed ? ofPlaywright(parsed) : ofVitest(parsed);
    } catch {
      return [];
    }
  });
}

function ofVitest({ testResults }: VitestReport): Failure[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    if (failed.length === 0 && message) return [failure(name, message)];
    return failed.map(({ fullName, failureMessages }) => failure(`${name}: ${fullName}`, failureMessages[0]));
  });
}

function ofPlaywright({ suites, errors }: PlaywrightReport): Failure[] {
  return [
    ...suites.flatMap((suite) => ofSuite(suite, suite.title)),
    ...errors.map(({ message }) => failure("outside of all tests", message)),
  ];
}

function ofSuite({ specs = [], suites = [] }: Suite, path: string): Failure[] {
  const failed = specs.filter(({ ok }) => !ok);
  return [
    ...failed.map(({ title, tests }) => {
      const results = tests.flatMap(({ results }) => results);
      return failure(`${path}: ${title}`, results.find(({ error }) => error)?.error?.message);
    }),
    ...suites.flatMap((suite) => ofSuite(suite, `${path}: ${suite.title}`)),
  ];
}

function failure(test: string, message = "no message"): Failure {
  const lines = stripVTControlCharacters(message).split("\n").slice(0, linesOfAnError);
  return { test, error: lines.join("\n") };
}
