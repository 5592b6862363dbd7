import { expect, test } from "vitest";
import { userImage, userName } from "./auth.rules.ts";

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

test.each([
  "https://example.com/a.png",
  "http://localhost:3000/a.png",
  "https://example.com/ä.png?size=1#top",
])("%s is the address of a picture", (address) => {
  expect(userImage.parse(` ${address} `)).toBe(address);
});

test.each([
  "http://example.com/a.png",
  "http://localhost.example.com/a.png",
  "https://ada:secret@example.com/a.png",
  "https://ada@example.com/a.png",
  "https://example.com/a\n.png",
  "https://example.com/a\u0000.png",
  "https://exa\tmple.com/a.png",
  "https://example.com/a b.png",
  "javascript:alert(1)",
  "data:image/png;base64,AAAA",
  "//example.com/a.png",
])("%j is no address of a picture", (address) => {
  expect(userImage.safeParse(address).success).toBe(false);
});
