import { expect, test } from "vitest";
import { Refusal } from "./refusal.ts";
import { parseRoles } from "./roles.ts";

test("roles are words from the least to the most", () => {
  expect(parseRoles("viewer| editor |owner")).toEqual(["viewer", "editor", "owner"]);
});

test.for(["", "owner", "viewer|viewer", "Viewer|owner", "viewer|", "vie wer|owner", `a"|b`])(
  "refuses %j",
  (text) => {
    expect(() => parseRoles(text)).toThrow(Refusal);
  },
);
