import { expect, test } from "vitest";
import { initials } from "./initials";

test.each([
  ["Ada Lovelace", "AL"],
  ["Ada", "A"],
  ["  ada   king noel lovelace ", "AL"],
  ["Élodie", "É"],
  ["E\u0301lodie", "E\u0301"],
  ["👩‍🚀 Sally Ride", "👩‍🚀R"],
  ["王小明", "王"],
  ["", "?"],
  ["   ", "?"],
])("the initials of %j are %j", (name, expected) => {
  expect(initials(name)).toBe(expected);
});
