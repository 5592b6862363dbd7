import fc from "fast-check";
import { parseSync } from "libpg-query";
import { expect, test } from "vitest";
import { clauses } from "../../test/where/clauses.ts";
import { sampleColumns } from "../../test/where/sample-table.ts";
import { describeTable, tables } from "../../test/where/tables.ts";
import { compileOrderBy } from "./order-by.ts";
import type { Column, CompiledWhere } from "./syntax/condition.ts";
import { WhereError } from "./syntax/where-error.ts";
import { likeMatcher } from "./values/like.ts";
import { compileWhere } from "./where.ts";

async function attempt(
  where: string,
  params: Record<string, string> = {},
  columns: Column[] = tables.plain.columns,
): Promise<CompiledWhere | null> {
  try {
    return await compileWhere({ where, params, columns, describeTable });
  } catch (error) {
    if (error instanceof WhereError) return null;
    throw error;
  }
}

/** The rendered text must be one condition and nothing else, whatever stands around it. */
function expectOneCondition(sql: string): void {
  const statements = parseSync(`SELECT 1 FROM t WHERE ${sql} AND true`).stmts ?? [];
  const select =
    statements[0]?.stmt && "SelectStmt" in statements[0].stmt ? statements[0].stmt.SelectStmt : undefined;
  expect(statements).toHaveLength(1);
  expect(Object.keys(select ?? {}).sort()).toEqual([
    "fromClause",
    "limitOption",
    "op",
    "targetList",
    "whereClause",
  ]);
}

const words = fc.constantFrom(
  ..."n id name ok day at = <> AND OR NOT ( ) [ ] , 1 'a' '' \" ' ; -- /* */ $1 $2 :: int text[] IN BETWEEN LIKE IS NULL ANY ALL ARRAY SELECT FROM users WHERE coalesce( lower( interval '1 day' E'\\'' $$ \\ U&'\\0027' NULL true x.y * % ~ @> && || CASE EXISTS now() current_date".split(
    " ",
  ),
);
const soup = fc.array(words, { maxLength: 14 }).map((list) => list.join(" "));

test("any text is compiled or refused, never worse, and what is rendered is one condition", async () => {
  const text = fc.oneof(soup, fc.string({ unit: "binary", maxLength: 60 }), fc.string({ maxLength: 40 }));
  const params = fc.dictionary(
    fc.constantFrom("1", "2"),
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("1", "{1}", "'; DROP TABLE t --", "\\'")),
  );
  await fc.assert(
    fc.asyncProperty(text, params, async (where, values) => {
      const compiled = await attempt(where, values);
      if (!compiled) return;
      expectOneCondition(compiled.sql);
      compiled.matches({ id: "1", name: "a", n: null, price: "1", ok: "t", at: null, day: null }, () => null);
    }),
    { numRuns: 1500 },
  );
});

test("hostile literals, parameters and names stay inside of their quotes", async () => {
  const columns = [
    ...tables.plain.columns,
    { ...sampleColumns[0], name: 'a"; DROP TABLE t; --' },
  ] as Column[];
  const hostile = fc.oneof(
    fc.string({
      unit: fc.constantFrom("'", "\\", '"', ";", "-", "/", "*", "$", "\n", "E", "x", "\u2019", "\0"),
    }),
    fc.constantFrom("\\'; DROP TABLE t; --", "' OR '1'='1", "'::text); --", "\\", "''", "$1"),
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (literal, param) => {
      const quoted = `E'${literal.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
      const compiled = await attempt(
        `name = $1 OR name = ${quoted} OR "a""; DROP TABLE t; --" = 1`,
        { 1: param },
        columns,
      );
      if (literal.includes("\0") || param.includes("\0")) {
        expect(compiled).toBeNull();
        return;
      }
      expectOneCondition(compiled?.sql ?? "");
      expect(compiled?.matches({ name: param, 'a"; DROP TABLE t; --': "2" })).toBe(true);
      expect(compiled?.matches({ name: literal, 'a"; DROP TABLE t; --': "2" })).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a rendered condition renders as itself", async () => {
  await fc.assert(
    fc.asyncProperty(clauses(2), async (where) => {
      const first = await attempt(where, {}, sampleColumns);
      if (!first || where.includes("AT TIME ZONE")) return;
      expect((await attempt(first.sql, {}, sampleColumns))?.sql).toBe(first.sql);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["brackets", (n: number) => `${"(".repeat(n)}true${")".repeat(n)}`],
  ["NOT", (n: number) => `${"NOT ".repeat(n)}true`],
  ["signs", (n: number) => `${"- ".repeat(n)}1 = 1`],
  ["sums", (n: number) => `1${"+1".repeat(n)} = n`],
  ["casts", (n: number) => `n${"::int".repeat(n)} = 1`],
  ["calls", (n: number) => `${"lower(".repeat(n)}name${")".repeat(n)} = 'a'`],
  ["arrays", (n: number) => `${"ARRAY[".repeat(n)}1${"]".repeat(n)} = '{}'`],
  ["sub-queries", (n: number) => `${"id IN (SELECT id FROM users WHERE ".repeat(n)}true${")".repeat(n)}`],
  ["IS", (n: number) => `ok${" IS NULL".repeat(n)}`],
  ["unclosed brackets", (n: number) => "(".repeat(n)],
  ["subscripts", (n: number) => `n${"[1]".repeat(n)} = 1`],
])("deep nesting of %s is refused, and does no lasting harm", async (_name, nested) => {
  for (const depth of [50, 700, 5_000, 60_000]) await attempt(nested(depth));
  expect(await attempt("n = 1")).not.toBeNull();
});

test("long lists are compiled", async () => {
  const numbers = Array.from({ length: 20_000 }, (_, i) => i * 2);
  const listed = await attempt(`n IN (${numbers.join(",")}) AND name NOT IN ('a', 'b')`);
  expect(listed?.matches({ n: "39998", name: "c" })).toBe(true);
  expect(listed?.matches({ n: "39997", name: "c" })).toBe(false);
  const chained = await attempt(
    numbers
      .slice(0, 5_000)
      .map((n) => `n = ${n}`)
      .join(" OR "),
  );
  expect(chained?.matches({ n: "9998" })).toBe(true);
  expect(await attempt(`name = '${"x".repeat(2_000_000)}'`)).toBeNull();
});

test("hostile patterns and texts do not make matching explode", async () => {
  const long = "a".repeat(20_000);
  expect(likeMatcher(`%${"a%".repeat(2_000)}b`, false)(long)).toBe(false);
  expect(likeMatcher(`%${"_a%".repeat(200)}b`, true)(long)).toBe(false);
  const blanks = `12:34${" ".repeat(200_000)}x`;
  for (const type of [
    "time",
    "date",
    "timestamp",
    "timestamptz",
    "interval",
    "bool",
    "uuid",
    "int",
    "float8",
    "int[]",
  ]) {
    expect((await attempt(`name::${type} IS NULL`))?.matches({ name: blanks })).toBe(false);
    await attempt(`$1::${type} IS NULL`, { 1: blanks });
  }
});

test("an ORDER BY is rendered or refused, never worse", () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
      try {
        expect(compileOrderBy(text, tables.plain.columns, ["id"])).toMatch(
          /^("\w+"(::text)?( ASC| DESC)?( NULLS (FIRST|LAST))?(, )?)+$/,
        );
      } catch (error) {
        expect(error).toBeInstanceOf(WhereError);
      }
    }),
    { numRuns: 1000 },
  );
});
