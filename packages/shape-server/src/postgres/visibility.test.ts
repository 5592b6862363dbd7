import { expect, test } from "vitest";
import { parseSnapshot, sees } from "./visibility.ts";

const snapshot = parseSnapshot("100:110:103,105", 5_000);

test("a snapshot sees what was over when it was taken", () => {
  expect(sees(snapshot, 99, 4_000)).toBe(true);
  expect(sees(snapshot, 104, 4_000)).toBe(true);
});

test("a snapshot does not see what was running, what began later, and what committed later", () => {
  expect(sees(snapshot, 103, 4_000)).toBe(false);
  expect(sees(snapshot, 110, 4_000)).toBe(false);
  expect(sees(snapshot, 99, 5_001)).toBe(false);
});

test("transaction ids are compared across their wraparound", () => {
  const wrapped = parseSnapshot("4294967290:4294967300:4294967299", 5_000);
  expect(sees(wrapped, 4_294_967_289, 1)).toBe(true);
  expect(sees(wrapped, 2, 1)).toBe(true);
  expect(sees(wrapped, 3, 1)).toBe(false);
  expect(sees(wrapped, 4, 1)).toBe(false);
});
