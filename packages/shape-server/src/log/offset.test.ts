import fc from "fast-check";
import { expect, test } from "vitest";
import { beforeAllOffset, compareOffsets, formatOffset, parseOffset, snapshotEndOffset } from "./offset.ts";

test("offsets read as they are written", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (tx, op) => {
      expect(parseOffset(formatOffset({ tx, op }))).toEqual({ tx, op });
    }),
  );
  expect(parseOffset("0_inf")).toEqual(snapshotEndOffset);
  expect(parseOffset("-1")).toBe(beforeAllOffset);
  expect(parseOffset("now")).toBe("now");
});

test("numbers may have a sign, as where Electric reads them", () => {
  expect(parseOffset("+0_+3")).toEqual({ tx: 0, op: 3 });
  expect(parseOffset("-0_-0")).toEqual({ tx: 0, op: 0 });
  expect(parseOffset("-0_inf")).toEqual(snapshotEndOffset);
  for (const text of ["-1_0", "-1_00", "-01_+0"]) expect(parseOffset(text)).toBe(beforeAllOffset);
  for (const text of ["-1_1", "-1_inf", "-2_0", "0_+inf", "+_0", "+1", "--1_0"])
    expect(parseOffset(text)).toBeNull();
});

test.for(["abc", "0", "-2", "_", "0_", "_0", "0_0_0", "0_-1", "0.5", "NOW", " 0_0", "inf", "0_INF", ""])(
  '"%s" is no offset',
  (text) => {
    expect(parseOffset(text)).toBeNull();
  },
);

test("the pages of a snapshot come before all changes, and those in the order of their transactions", () => {
  const ordered = [
    beforeAllOffset,
    { tx: 0, op: 0 },
    { tx: 0, op: 7 },
    snapshotEndOffset,
    { tx: 5, op: 2 },
    { tx: 6, op: 0 },
  ];
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) expect(Math.sign(compareOffsets(a, b))).toBe(Math.sign(i - j));
  }
});
