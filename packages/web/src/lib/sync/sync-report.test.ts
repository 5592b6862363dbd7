import { expect, test } from "vitest";
import { hasDetails, noticeOf, type ShapeReport, worstOf } from "./sync-report";

const live: ShapeReport = { name: "users", state: "live" };
const refused: ShapeReport = { name: "projects", state: "error", message: "The server refused to sync." };
const offline: ShapeReport = { name: "notes", state: "offline", message: "You are offline." };
const connecting: ShapeReport = { name: "readings", state: "connecting" };

test("without shapes the state is connecting", () => {
  expect(worstOf([])).toEqual({ state: "connecting", shapes: [] });
  expect(worstOf([live, connecting]).state).toBe("connecting");
});

test("the state is that of the worst shape, in any order of the shapes", () => {
  expect(worstOf([live]).state).toBe("live");
  expect(worstOf([live, offline, connecting])).toMatchObject({
    state: "offline",
    message: "You are offline.",
  });
  for (const shapes of [
    [live, connecting, offline, refused],
    [refused, offline, connecting, live],
  ]) {
    expect(worstOf(shapes)).toEqual({ state: "error", message: "The server refused to sync.", shapes });
  }
});

test("among live shapes, the one with a message counts as the worst", () => {
  const odd: ShapeReport = { name: "notes", state: "live", message: "Some values cannot be shown." };
  expect(worstOf([live, odd])).toMatchObject({ state: "live", message: "Some values cannot be shown." });
});

test("a notice names the affected shapes when other shapes are well", () => {
  expect(noticeOf(worstOf([live]))).toBeUndefined();
  expect(noticeOf(worstOf([refused]))).toBe("The server refused to sync.");
  expect(noticeOf(worstOf([live, refused]))).toBe("projects: The server refused to sync.");
  const both = worstOf([refused, live, { ...refused, name: "notes" }]);
  expect(noticeOf(both)).toBe("projects, notes: The server refused to sync.");
});

test("there are details for several shapes, and for one shape with a message", () => {
  expect([[], [live], [connecting]].map((shapes) => hasDetails(worstOf(shapes)))).toEqual([
    false,
    false,
    false,
  ]);
  for (const shapes of [[refused], [live, live], [{ ...live, message: "Odd." }]])
    expect(hasDetails(worstOf(shapes))).toBe(true);
});

test("rows of the last visit are as of the oldest of them", () => {
  expect(worstOf([{ ...connecting, asOf: 2_000 }, live, { ...connecting, asOf: 1_000 }]).asOf).toBe(1_000);
  expect(worstOf([live, connecting])).not.toHaveProperty("asOf");
});
