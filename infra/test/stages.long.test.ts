import { expect, test } from "vitest";
import { dryRun } from "./dry-run.ts";
import { testStage } from "./stage-suite.ts";

testStage("ada", "function");
testStage("ada", "service");
testStage("pr-12", "service");
testStage("production", "function");

test.each([
  ["TRACER_WAF", "yes", `TRACER_WAF is "on" or "off", not "yes".`],
  ["TRACER_BUDGET", "much", `TRACER_BUDGET is a whole number of dollars, not "much".`],
])("a misspelt %s stops the deployment", (name, value, message) => {
  expect(() => dryRun({ stage: "ada", environment: { [name]: value } })).toThrow(message);
});
