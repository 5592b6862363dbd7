import { expect, test } from "vitest";
import { isPlace, isSamePlace } from "./place";

const place = { kind: "resume", handle: "7-1", offset: "26_4", updatedAt: 1, shapeId: "users" } as const;

test("only a whole place is a place", () => {
  expect(isPlace(place)).toBe(true);
  expect(isPlace({ kind: "reset", updatedAt: 1 })).toBe(false);
  for (const broken of [
    undefined,
    null,
    "7-1",
    [],
    { ...place, handle: 7 },
    { ...place, updatedAt: Number.NaN },
  ])
    expect(isPlace(broken)).toBe(false);
  for (const name of ["kind", "handle", "offset", "updatedAt"])
    expect(isPlace({ ...place, [name]: undefined })).toBe(false);
});

test("two places are the same when the handle and the offset are", () => {
  expect(isSamePlace(place, { ...place, updatedAt: 2 })).toBe(true);
  expect(isSamePlace(place, { ...place, offset: "26_6" })).toBe(false);
  expect(isSamePlace(place, { ...place, handle: "7-2" })).toBe(false);
});
