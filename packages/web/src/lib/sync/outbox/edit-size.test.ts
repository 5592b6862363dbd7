import { expect, test } from "vitest";
import { pushBytes } from "~/lib/wire/push";
import { unsendable } from "./edit-size";

const editOf = (...inputs: object[]) => ({
  operations: inputs.map((input) => ({ path: "projects.update", input })),
});

test("an edit that fits is sendable, to the last byte", () => {
  const empty = JSON.stringify(editOf({ id: "1", name: "" }).operations).length;
  const longest = "x".repeat(pushBytes - empty);
  expect(unsendable(editOf({ id: "1", name: longest }))).toBeUndefined();
  expect(unsendable(editOf({ id: "1", name: `${longest}x` }))).toBeDefined();
});

test("a value that is too big is refused at its field, with its size in words", () => {
  const walls = Array.from({ length: 25_000 }, (_, n) => ({
    id: n,
    from: [n, 0],
    to: [n, 4_000],
    thickness: 240,
  }));
  expect(unsendable(editOf({ id: "1", name: "House", drawing: { walls } }))).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    message: "This change is too big to send: at most 1 MB. Shorten it, or split it.",
    fields: { drawing: "This is too big to send: 1.6 MB, and at most 1 MB fits. Shorten it, or split it." },
  });
});

test("fields that are too big only together are refused without a field", () => {
  const half = "ü".repeat(300_000);
  expect(unsendable(editOf({ id: "1", plan: half, notes: half }))?.fields).toEqual({});
  expect(unsendable(editOf({ id: "1", plan: half }, { id: "2", plan: half }))?.fields).toEqual({});
});

test("an edit of too many rows is refused with the number of rows that fit", () => {
  const rows = Array.from({ length: 101 }, (_, n) => ({ id: n }));
  expect(unsendable(editOf(...rows))?.message).toContain("at most 100 rows at once");
});
