import { expect, test } from "vitest";
import { userName } from "./auth.rules.ts";

test.each([
  "Ada Lovelace",
  "José",
  "Jose\u0301",
  "李小龍",
  "עדה",
  "می\u200cخواهم",
  "क्ष",
  "👩‍👩‍👧",
  "O'Neil-3",
])("%s is a name", (name) => {
  expect(userName.safeParse(name).success).toBe(true);
});

test.each([
  ["zero-width spaces", "\u200b\u200b"],
  ["a soft hyphen", "\u00ad"],
  ["a word joiner", "\u2060"],
  ["a filler of Hangul", "\u3164"],
  ["a blank of Braille", "\u2800"],
  ["a combining mark alone", "\u0301"],
  ["a variation selector", "\ufe0f"],
  ["a tag", "\u{e0041}"],
  ["a character of private use", "\ue000"],
])("a name of nothing but %s is refused", (_what, name) => {
  expect(userName.safeParse(name).success).toBe(false);
});

test("a name with any character that changes the direction of text, or begins a line, is refused", () => {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, nth) => from + nth);
  for (const code of [0x061c, 0x200e, 0x200f, ...range(0x2028, 0x202e), ...range(0x2066, 0x2069)])
    expect(userName.safeParse(`Ada${String.fromCodePoint(code)}ecilA`).success, code.toString(16)).toBe(
      false,
    );
});
