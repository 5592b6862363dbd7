import { expect, test } from "vitest";
import { linesTogether } from "../limits";
import { Overload } from "../load/overload";
import { placeFor } from "./open-lines";

test("a process refuses lines beyond its limit, keeps those that it holds, and takes one for each that ends", () => {
  const places = Array.from({ length: linesTogether }, (_, index) => placeFor(`user ${index}`, "one"));
  expect(places.every((place) => place && !place.replaced.aborted)).toBe(true);
  const refused = { limited: "lines", of: "everybody", retryAfter: 10 };
  expect(() => placeFor("one too many", "one")).toThrow(expect.objectContaining(refused));
  expect(() => placeFor("user 0", "another browser")).toThrow(Overload);

  // A browser that has lost its connection gets the place of its older line.
  const again = placeFor("user 1", "one");
  expect(places[1]?.replaced.aborted).toBe(true);
  expect(() => placeFor("one too many", "one")).toThrow(Overload);

  places[0]?.release();
  places[0]?.release();
  expect(placeFor("one too many", "one")).toBeDefined();
  expect(() => placeFor("two too many", "one")).toThrow(Overload);
  again?.release();
});
