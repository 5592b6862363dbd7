import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTimestamp } from "~/lib/wire/timestamp-text";
import { momentOf } from "./moment";

test("an ordinary moment has a text and a form for machines", () => {
  const moment = momentOf(new Date("2026-11-23T09:33:58.123Z"));
  expect(moment.text).toContain("2026");
  expect(momentOf(new Date("2026-11-23T09:33:58.123Z"), "full").text).toContain("Monday, November 23, 2026");
  expect(moment.dateTime).toBe("2026-11-23T09:33:58.123Z");
});

test("an infinity has a plain text", () => {
  expect(momentOf(parseTimestamp("infinity"))).toEqual({ text: "The end of time" });
  expect(momentOf(parseTimestamp("-infinity"))).toEqual({ text: "The beginning of time" });
});

test("a year BC has another text than the same year AD", () => {
  const { text } = momentOf(parseTimestamp("0044-03-15 12:00:00+00 BC"));
  expect(text).toMatch(/\b44\b/);
  expect(text).not.toBe(momentOf(parseTimestamp("0044-03-15 12:00:00+00")).text);
});

test("a year of five digits has the form of HTML", () => {
  expect(momentOf(parseTimestamp("12026-01-01 00:00:00+00")).dateTime).toBe("12026-01-01T00:00:00.000Z");
});

test("every date has a text, even an invalid one", () => {
  expect(momentOf(new Date(Number.NaN)).text).toBe("A time that cannot be read");
  fc.assert(fc.property(fc.date(), (date) => momentOf(date).text.length > 0));
});
