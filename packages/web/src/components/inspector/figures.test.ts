import { expect, test } from "vitest";
import { ago, amount, counted, duration, lsnText } from "./figures";

test.each([
  [0, "0.0 ms"],
  [8.24, "8.2 ms"],
  [99.97, "100 ms"],
  [431.2, "431 ms"],
  [2_345, "2.3 s"],
  [31_400, "31 s"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_250, "1.3 KB"],
  [2_000_000, "2.0 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(amount(bytes)).toBe(text);
});

test.each([
  ["0", "0/0"],
  ["29534912", "0/1C2AAC0"],
  ["98784247808", "17/0"],
  ["soon", "soon"],
])("the place %s is %s, as Postgres writes it", (lsn, text) => {
  expect(lsnText(lsn)).toBe(text);
});

test("writes what was a moment ago, and nouns, as a person would", () => {
  expect([ago(1_000, 1_200), ago(1_000, 4_000), ago(4_000, 1_000)]).toEqual(["now", "3 s ago", "now"]);
  expect([counted(1, "tab"), counted(2, "tab")]).toEqual(["1 tab", "2 tabs"]);
});
