import { expect, test } from "vitest";
import { nextPoll } from "./line";

const headers = { "electric-handle": "1-1", "electric-offset": "7_0", "electric-up-to-date": "" };
const poll = "/api/users?offset=5_0&handle=1-1&live=true";

test.for([
  ['[{"headers":{"control":"up-to-date"}}]', true],
  ['[{"headers":{"contr', false],
  ["", false],
] as const)("a line polls on after %j: %s", ([body, goesOn]) => {
  expect(nextPoll(poll, { status: 200, headers, body }) !== undefined).toBe(goesOn);
});
