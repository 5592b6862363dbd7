import fc from "fast-check";
import { expect, test } from "vitest";
import { IdentifierError, parseColumns, parseTable, quoteIdentifier, quoteTable } from "./identifiers.ts";

test.for([
  ["issues", "public", "issues"],
  ["Issues", "public", "issues"],
  ['"Issues"', "public", "Issues"],
  ["Foo.issues", "foo", "issues"],
  ['"a.b"."c""d"', "a.b", 'c"d'],
])("%s names %s.%s", ([text, schema, name]) => {
  expect(parseTable(text ?? "")).toEqual({ schema, name });
});

test("only ASCII letters fold, as in Postgres", () => {
  expect(parseTable("ÄB")).toEqual({ schema: "public", name: "Äb" });
});

test("names that Postgres would cut off are refused", () => {
  expect(parseTable("a".repeat(63)).name).toHaveLength(63);
  expect(() => parseTable("a".repeat(64))).toThrow("too long");
});

test.for(["", '"', "a b", '"a', "a.b.c", "a.", "*", "a;b", '"a"b"', "1a"])('"%s" names no table', (text) => {
  expect(() => parseTable(text)).toThrow(IdentifierError);
});

test("columns are separated by commas outside of quotes", () => {
  expect(parseColumns('id,Title,"C, d"')).toEqual(["id", "title", "C, d"]);
  expect(() => parseColumns("id,")).toThrow("zero-length");
  expect(() => parseColumns("id, title")).toThrow("special characters");
});

test("what is quoted reads back, whatever it holds", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 15 })
    .filter((text) => Buffer.byteLength(text) <= 63);
  fc.assert(
    fc.property(name, name, (schema, table) => {
      expect(parseTable(quoteTable({ schema, name: table }))).toEqual({ schema, name: table });
      expect(parseColumns(`${quoteIdentifier(schema)},${quoteIdentifier(table)}`)).toEqual([schema, table]);
    }),
  );
});
