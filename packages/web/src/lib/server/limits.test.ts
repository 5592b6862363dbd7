import { expect, test } from "vitest";
import { firstByteSeconds, longPollSeconds, sessionCacheSeconds } from "./limits";

test("an idle long poll ends before it is given up", () => {
  expect(firstByteSeconds).toBeGreaterThan(longPollSeconds);
});

test("a revoked session reads nothing more after a minute: not its cached copy, nor a poll begun with that", () => {
  expect(sessionCacheSeconds + longPollSeconds).toBeLessThan(60);
});
