import { expect, test } from "vitest";
import { lintWorkflow } from "./lint-workflow.ts";

const good = `on: [pull_request]
permissions:
  contents: read
jobs:
  checks:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@${"0a".repeat(20)} # v5.0.0
        with:
          persist-credentials: false
      - run: npm ci
`;

test("a good workflow has no problems", () => {
  expect(lintWorkflow(good)).toEqual([]);
});

test.each([
  ["an action at a tag", good.replace(/@0a\S+/, "@v5"), /not pinned/],
  ["a digest without its version", good.replace(" # v5.0.0", ""), /which version/],
  ["no permissions", good.replace("permissions:\n  contents: read\n", ""), /more rights/],
  ["a right to write for all jobs", good.replace("contents: read", "contents: write"), /more rights/],
  ["no timeout", good.replace("    timeout-minutes: 5\n", ""), /no timeout/],
  [
    "a token in the checkout",
    good.replace("persist-credentials: false", "fetch-depth: 0"),
    /keeps the token/,
  ],
  [
    "the title of a pull request in a script",
    good.replace("npm ci", ["echo $", "{{ github.event.pull_request.title }}"].join("")),
    /stranger/,
  ],
  [
    "an input in a script",
    good.replace("npm ci", ["git switch $", "{{ inputs.commit }}"].join("")),
    /stranger/,
  ],
  ["a key of AWS", `${good}        env:\n          AWS_SECRET_ACCESS_KEY: x\n`, /key of AWS/],
  [
    "a role of AWS without an environment",
    `${good}      - uses: aws-actions/configure-aws-credentials@${"0b".repeat(20)} # v6.0.0\n`,
    /without an environment/,
  ],
  ["a run after a run of a fork", good.replace("[pull_request]", "{workflow_run: {}}"), /event == 'push'/],
  [
    "a right to comment beside the code of a pull request",
    good.replace("    steps:", "    permissions:\n      pull-requests: write\n    steps:"),
    /right to write/,
  ],
  ["pull_request_target", good.replace("[pull_request]", "[pull_request_target]"), /stranger/],
])("%s is a problem", (_name, text, problem) => {
  expect(lintWorkflow(text).join("\n")).toMatch(problem);
});
