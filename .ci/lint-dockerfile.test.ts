import { expect, test } from "vitest";
import { lintDockerfile } from "./lint-dockerfile.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const good = `FROM node:24.1.0-slim@${digest} AS build
RUN npm ci
FROM node:24.1.0-slim@${digest}
COPY --from=build /app /app
USER 1000:1000
HEALTHCHECK CMD ["node", "health.mjs"]
CMD ["node", "main.mjs"]
`;

test("a good file has no problems", () => {
  expect(lintDockerfile(good)).toEqual([]);
});

test.each([
  [
    "a tag without a digest",
    good.replace(`FROM node:24.1.0-slim@${digest} AS`, "FROM node:24.1.0-slim AS"),
    /not pinned/,
  ],
  ["a digest without a version", good.replace("FROM node:24.1.0-slim@", "FROM node@"), /not pinned/],
  ["root", good.replace("USER 1000:1000", "USER root"), /as root/],
  [
    "a user of the build stage alone",
    good.replace("USER 1000:1000\n", "").replace("RUN", "USER 1\nRUN"),
    /as root/,
  ],
  ["no health check", good.replace(/HEALTHCHECK.*\n/, ""), /health check/],
  ["a command in the last stage", good.replace("COPY", "RUN true\nCOPY"), /another processor/],
  ["a misspelt instruction", good.replace("COPY", "COPPY"), /line 4/],
  ["a misspelt option", good.replace("--from", "--form"), /line 4/],
])("%s is a problem", (_name, text, problem) => {
  expect(lintDockerfile(text).join("\n")).toMatch(problem);
});
