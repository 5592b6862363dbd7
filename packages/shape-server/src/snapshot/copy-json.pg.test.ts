import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { TableColumn } from "../catalog/table.ts";
import { rowKey } from "../log/messages.ts";
import { CopyJson } from "./copy-json.ts";
import { CopyRows } from "./copy-rows.ts";

let client: Client;

beforeAll(async () => {
  client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query("CREATE TEMPORARY TABLE texts (a text, b text, c int)");
});

afterAll(() => client?.end());

const column = (name: string): TableColumn => ({
  name,
  attnum: 1,
  typeOid: 25,
  typeName: "text",
  typmod: -1,
  notNull: false,
  pkIndex: null,
  generated: false,
  dims: 0,
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.constantFrom(
    "",
    "\\N",
    "\\",
    "a\tb\nc\rd",
    '"',
    "/",
    "//",
    "\b\f\v",
    "\u0001\u001f\u007f",
    "日本 🎉",
    "NULL",
  ),
);
const value = fc.option(
  text.filter((each) => !each.includes("\0") && each.isWellFormed()),
  { freq: 6 },
);

test("rows come through COPY as they are, whatever they hold and however they are cut up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value, fc.nat()), { minLength: 1, maxLength: 200 }),
      async (rows) => {
        await client.query("TRUNCATE texts");
        await client.query(
          "INSERT INTO texts SELECT * FROM unnest($1::text[], $2::text[], $3::int[])",
          [0, 1, 2].map((i) => rows.map((row) => row[i] ?? null)),
        );
        const table = { schema: "public", name: 'te"xts', pk: ["b"] };
        const converter = new CopyJson(table, ["a", "b", "c"].map(column), []);
        const query = new CopyRows("COPY texts TO STDOUT", (chunk, start, end) =>
          converter.row(chunk, start, end),
        );
        client.query(query);
        await query.finished;
        const messages: { key: string; value: unknown }[] = JSON.parse(`[${converter.bytes}]`);
        const expected = rows.map(([a, b, c]) => ({
          value: { a, b, c: String(c) },
          key: rowKey('"public"."te""xts"', [b]),
          headers: { operation: "insert", relation: ["public", 'te"xts'] },
        }));
        expect(messages).toEqual(expected);
        expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      },
    ),
    { numRuns: 40 },
  );
});

test("a COPY that fails is told, and the session goes on", async () => {
  const query = new CopyRows("COPY (SELECT 1 / (c - 5) FROM generate_series(1, 9) c) TO STDOUT", () => {});
  client.query(query);
  await expect(query.finished).rejects.toThrow("division by zero");
  expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

test("rows longer than any chunk of the socket come through", async () => {
  let longest = 0;
  const query = new CopyRows(
    "COPY (SELECT repeat('x', n * 100000) FROM generate_series(1, 30) n) TO STDOUT",
    (_, start, end) => {
      longest = Math.max(longest, end - start);
    },
  );
  client.query(query);
  await query.finished;
  expect(longest).toBe(3_000_000);
});
