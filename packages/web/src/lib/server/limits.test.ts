import { expect, test } from "vitest";
import { firstByteSeconds, longPollSeconds, sessionCacheSeconds } from "./limits";

test("an idle long poll ends before the server gives the poll up", () => {
  expect(firstByteSeconds).toBeGreaterThan(longPollSeconds);
});

test("a revoked session reads nothing after a minute, even when its cached copy begins a last poll", () => {
  expect(sessionCacheSeconds + longPollSeconds).toBeLessThan(60);
});
