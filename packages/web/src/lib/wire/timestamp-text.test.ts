import fc from "fast-check";
import { expect, test } from "vitest";
import { infinityOf, parseTimestamp, timestampText } from "./timestamp-text";

test.each([
  ["2026-11-23 09:33:58.123456+00", "2026-11-23T09:33:58.123Z"],
  ["2026-11-23 09:33:58.1+00", "2026-11-23T09:33:58.100Z"],
  ["2026-11-23 09:33:58+05:30", "2026-11-23T04:03:58.000Z"],
  ["1900-01-01 00:00:00-00:19:32", "1900-01-01T00:19:32.000Z"],
  ["2026-11-23 09:33:58", "2026-11-23T09:33:58.000Z"],
  ["0044-03-15 12:00:00+00 BC", "-000043-03-15T12:00:00.000Z"],
  ["0001-12-31 23:59:59.9+00 BC", "0000-12-31T23:59:59.900Z"],
  ["0099-01-01 00:00:00", "0099-01-01T00:00:00.000Z"],
  ["12026-01-01 00:00:00+00", "+012026-01-01T00:00:00.000Z"],
  ["infinity", "+275760-09-12T23:59:59.999Z"],
  ["-infinity", "-271821-04-20T00:00:00.000Z"],
  ["294276-12-31 23:59:59.999999+00", "+275760-09-12T23:59:59.998Z"],
  ["275760-09-13 00:00:00+00", "+275760-09-12T23:59:59.998Z"],
])("reads %s", (text, iso) => {
  expect(parseTimestamp(text).toISOString()).toBe(iso);
});

test("only the texts of the infinities are read as infinite", () => {
  expect(infinityOf(parseTimestamp("infinity"))).toBe("infinity");
  expect(infinityOf(parseTimestamp("-infinity"))).toBe("-infinity");
  expect(infinityOf(parseTimestamp("294276-12-31 23:59:59+00"))).toBeUndefined();
  expect(infinityOf(parseTimestamp("4713-01-01 00:00:00+00 BC"))).toBeUndefined();
});

test("a text that is no timestamp becomes an invalid date, without an error", () => {
  fc.assert(fc.property(fc.string(), (text) => parseTimestamp(text) instanceof Date));
  for (const text of ["", "soon", "2026-11-23", "23.11.2026 09:33:58", "2026-13-45 99:00:00+00"])
    expect(parseTimestamp(text).getTime()).toBeNaN();
});

test("every date is read back from its text unchanged", () => {
  const dates = fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15 - 1) });
  fc.assert(
    fc.property(dates, (date) => {
      const stored = timestampText(date)
        .replace("T", " ")
        .replace(/\.(\d+)Z/, ".$1+00");
      expect(parseTimestamp(stored)).toEqual(date);
    }),
    {
      examples: [
        [new Date(8.64e15 - 1)],
        [new Date(-8.64e15)],
        [new Date("0000-01-01")],
        [new Date("-000001-06-01")],
      ],
    },
  );
});
