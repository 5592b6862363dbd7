import { expect, test } from "vitest";
import { forgetUnsaved, hasUnsaved, holdUnsaved } from "./unsaved";

test("the page has unsaved text until the last registration is removed", () => {
  expect(hasUnsaved()).toBe(false);
  const [one, other] = [holdUnsaved(), holdUnsaved()];
  one();
  one();
  expect(hasUnsaved()).toBe(true);
  other();
  expect(hasUnsaved()).toBe(false);
});

test("after forgetUnsaved nothing is unsaved", () => {
  const release = holdUnsaved();
  forgetUnsaved();
  expect(hasUnsaved()).toBe(false);
  release();
  expect(hasUnsaved()).toBe(false);
});
