import { expect, test } from "vitest";
import { columnParsers, showUnreadable, Unreadable } from "./column-parsers";

test("no parser throws over a text that the parser cannot read", () => {
  for (const parse of Object.values(columnParsers)) {
    const read = parse("{no such value");
    expect(read).toBeInstanceOf(Unreadable);
  }
});

test("a value that cannot be read is shown and reported with its column, and the rest of the row stays", () => {
  const reported: unknown[] = [];
  const show = showUnreadable((row, column, text) => reported.push([row.id, column, text]));
  const row = {
    id: "row-1",
    name: "Ada",
    settings: columnParsers.jsonb("{half"),
    visits: [columnParsers.timestamptz("2026-11-23 00:00:00+00"), columnParsers.timestamptz("some day")],
  };
  expect(show(row)).toEqual({
    id: "row-1",
    name: "Ada",
    settings: "{half",
    visits: [new Date("2026-11-23T00:00:00Z"), new Date(Number.NaN)],
  });
  expect(reported).toEqual([
    ["row-1", "settings", "{half"],
    ["row-1", "visits", "some day"],
  ]);
});

test("a row that can be read is passed on as it is", () => {
  const row = { id: "row-1", settings: columnParsers.jsonb('{"a":[null]}') };
  expect(showUnreadable(() => expect.unreachable())(row)).toBe(row);
});
