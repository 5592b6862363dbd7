import fc from "fast-check";
import { expect, test } from "vitest";
import { hasRoomFor } from "./room";

test("a thousand rows have room, and one more has not", () => {
  const rows = Array.from({ length: 1_000 }, (_, id) => ({
    id: String(id),
    done: false,
    at: new Date(),
    no: null,
  }));
  expect(hasRoomFor([])).toBe(true);
  expect(hasRoomFor(rows)).toBe(true);
  expect(hasRoomFor([...rows, { id: "1000" }])).toBe(false);
});

test("long texts have no room together, however deep they lie", () => {
  const text = "x".repeat(300_000);
  expect(hasRoomFor([{ text }, { text }, { text }])).toBe(true);
  expect(hasRoomFor([{ text }, { text }, { text }, { text }])).toBe(false);
  expect(hasRoomFor([{ list: [{ deep: { text: text.repeat(4) } }] }])).toBe(false);
});

test("rows whose JSON is half as long as the limit always have room, and those of twice the length never", () => {
  const row = fc.record({
    id: fc.uuid(),
    body: fc.string({ maxLength: 60_000 }),
    tags: fc.array(fc.string()),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const { length } = JSON.stringify(
        rows.map((one) => ({ ...one, body: one.body.replaceAll(/["\\]/g, "x") })),
      );
      if (length < 500_000) expect(hasRoomFor(rows)).toBe(true);
      if (length > 2_000_000) expect(hasRoomFor(rows)).toBe(false);
    }),
    { numRuns: 30 },
  );
});
