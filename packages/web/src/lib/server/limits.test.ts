import { expect, test } from "vitest";
import { heartbeatSeconds, silenceSeconds } from "~/lib/wire/line";
import { firstByteSeconds, lineCheckSeconds, longPollSeconds, sessionCacheSeconds } from "./limits";

test("an idle long poll ends before the server gives the poll up", () => {
  expect(firstByteSeconds).toBeGreaterThan(longPollSeconds);
});

test("a revoked session reads nothing more after 15 seconds: not by its cached copy, nor over an open line", () => {
  expect(sessionCacheSeconds).toBeLessThan(15);
  expect(lineCheckSeconds).toBeLessThan(15);
});

test("a line that lives is heard of at least twice before it counts as dead", () => {
  expect(heartbeatSeconds * 2).toBeLessThan(silenceSeconds);
});
