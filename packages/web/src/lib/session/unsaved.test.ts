import { expect, test } from "vitest";
import { forgetUnsaved, hasUnsaved, holdUnsaved } from "./unsaved";

test("something is unsaved until the last who holds something lets go", () => {
  expect(hasUnsaved()).toBe(false);
  const [one, other] = [holdUnsaved(), holdUnsaved()];
  one();
  one();
  expect(hasUnsaved()).toBe(true);
  other();
  expect(hasUnsaved()).toBe(false);
});

test("a person who gives everything up is not asked again", () => {
  const release = holdUnsaved();
  forgetUnsaved();
  expect(hasUnsaved()).toBe(false);
  release();
  expect(hasUnsaved()).toBe(false);
});
