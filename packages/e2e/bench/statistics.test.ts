import { expect, test } from "vitest";
import { slopeOf } from "./slope.ts";
import { percentile } from "./statistics.ts";

test("the slope is that of the line which lies closest to the points", () => {
  expect(
    slopeOf([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
  ).toBeCloseTo(2);
  expect(
    slopeOf([
      [0, 0],
      [1, 2],
      [2, 0],
      [3, 2],
    ]),
  ).toBeCloseTo(0.4);
  expect(
    slopeOf([
      [1, 1],
      [1, 2],
    ]),
  ).toBeUndefined();
});

test("a percentile is one of the values", () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(3);
  expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
  expect(percentile([], 0.5)).toBeNaN();
});
