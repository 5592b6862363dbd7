import fc from "fast-check";
import { expect, test } from "vitest";
import { backoff, retryAfterOf } from "./backoff";

const longest = 8_000;
const failures = fc.integer({ min: 0, max: 10_000 });

/** The longest of many waits after the same number of failures. */
function longestOf(earlier: number): number {
  return Math.max(...Array.from({ length: 500 }, () => backoff(earlier, { longest })));
}

test("the bound of the wait doubles with each failure", () => {
  for (const earlier of [0, 1, 2, 3]) {
    expect(longestOf(earlier)).toBeLessThan(500 * 2 ** earlier);
    // One of 500 waits lies in the upper half of its range, but for a chance of 1 in 2 ** 500.
    expect(longestOf(earlier)).toBeGreaterThan(250 * 2 ** earlier);
  }
});

test("no wait is longer than the longest, after however many failures", () => {
  fc.assert(fc.property(failures, (earlier) => backoff(earlier, { longest }) < longest));
});

test("the wait that the server asked for is kept, and stretched by the random part", () => {
  const atLeast = 60_000;
  fc.assert(
    fc.property(failures, (earlier) => {
      const wait = backoff(earlier, { longest, atLeast });
      return wait >= atLeast && wait < atLeast + longest;
    }),
  );
});

test("two waits after the same failures differ", () => {
  expect(new Set(Array.from({ length: 20 }, () => backoff(4, { longest }))).size).toBeGreaterThan(1);
});

test.for([
  ["2", 2_000],
  ["0.5", 500],
  ["Thu, 26 Nov 2026 16:00:00 GMT", 0],
  [undefined, 0],
] as const)("a retry-after header of %j asks for %d ms", ([header, milliseconds]) => {
  const headers = new Headers(header === undefined ? {} : { "retry-after": header });
  expect(retryAfterOf(headers)).toBe(milliseconds);
});
