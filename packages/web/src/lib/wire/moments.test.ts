import fc from "fast-check";
import { expect, test } from "vitest";
import { momentsText, parseMoments } from "./moments";

test("reads the moments that the server writes, to a tenth of a millisecond", () => {
  const at = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((tenths) => tenths / 10);
  fc.assert(
    fc.property(fc.record({ received: at, answered: at }), (moments) => {
      expect(parseMoments(momentsText(moments))).toEqual(moments);
    }),
  );
});

test("leaves out what is no time", () => {
  expect(parseMoments("")).toEqual({});
  expect(parseMoments("received=soon, answered=12.5, served=, alone")).toEqual({ answered: 12.5 });
});
