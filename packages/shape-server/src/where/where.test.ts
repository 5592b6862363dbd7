import { expect, test } from "vitest";
import { electricCases } from "../../test/where/electric-cases.ts";
import { describeTable, tables } from "../../test/where/tables.ts";
import type { CompiledWhere } from "./syntax/condition.ts";
import { WhereError } from "./syntax/where-error.ts";
import { compileWhere } from "./where.ts";

type TableKey = keyof typeof tables;

function compile(where: string, params: Record<string, string> = {}, key: TableKey = "plain", enums = false) {
  return compileWhere({
    where,
    params,
    columns: tables[key].columns,
    describeTable,
    allowEnumLiterals: enums,
  });
}

async function reason(
  where: string,
  key: TableKey = "plain",
  params: Record<string, string> = {},
): Promise<string> {
  return compile(where, params, key).then(
    (compiled) => `accepted: ${compiled.sql}`,
    (error) => (error instanceof WhereError ? error.message : `crashed: ${error}`),
  );
}

test.each(electricCases)(
  "answers as Electric does: $where $params",
  async ({ table, where, params, refused }) => {
    const answer = await compile(where, params, table).then(
      () => undefined,
      (error) => ({ field: error.field, reason: error.message }),
    );
    expect(answer).toEqual(refused);
  },
);

test.each([
  ["day <> '2024-01-01'", "At location 4: Could not select an operator overload"],
  ["day IS DISTINCT FROM '2024-01-01'", "At location 4: Could not select an operator overload"],
  ["at::text = 'x'", "At location 0: unknown cast from type timestamptz to type text"],
  ["price::int = 2", "At location 0: unknown cast from type numeric to type int4"],
  ["n::numeric = 2", "At location 3: unsupported type numeric"],
  ["n::oid = 2", "At location 3: unsupported type oid"],
  ["'2.5'::int = n", 'At location 0: could not cast value "2.5" from text to int4'],
  ["n = ' 3'", "At location 4: invalid syntax for type int4:  3"],
  ["ok = 'TRUE'", "At location 5: invalid syntax for type bool: TRUE"],
  ["ok = 'yes'", "At location 5: invalid syntax for type bool: yes"],
  ["price = 'NaN'", "At location 8: invalid syntax for type numeric: NaN"],
  ["price = '.5'", "At location 8: invalid syntax for type numeric: .5"],
  ["day = '2024-02-30'", "At location 6: invalid syntax for type date: 2024-02-30"],
  ["day = 'infinity'", "At location 6: invalid syntax for type date: infinity"],
  ["day = 'Jan 1 2024'", "At location 6: invalid syntax for type date: Jan 1 2024"],
  ["at > '2024-01-01T00:00Z'", "At location 5: invalid syntax for type timestamptz: 2024-01-01T00:00Z"],
  ["CASE WHEN ok THEN true END", "At location 0: CaseExpr is not supported in this context"],
  ["NULLIF(n, 1) = 1", 'At location 0: expression "=" of :AEXPR_NULLIF is not currently supported'],
  ["name LIKE 'a!%' ESCAPE '!'", "At location 5: unknown or unsupported function like_escape/2"],
  ["n IS TRUE", "At location 2: argument of IS TRUE must be bool, not int4"],
  ["(n + 1) AND ok", 'At location 0: function "+" returning int4 is not castable to bool'],
  ["n = ANY (1)", "At location 9: argument of ANY must be an array"],
  ["(n, id) IN ((1, 2))", "At location 8: Could not select an operator overload"],
  ["(n, id) = (1, 2)", "At location 8: Could not select an operator overload"],
  ["B'101' = 'x'", "At location 0: BitString values are not supported"],
  ["plain.n = 1", "At location 0: unknown reference plain.n"],
  ['"N" = 1', 'At location 0: unknown reference "N"'],
  ["at - at < interval '1 day'", "At location 8: Could not select an operator overload"],
  ["n = 1 ORDER BY n", "malformed query ending with SQL clauses"],
  ["n = 1 GROUP BY n", "malformed query ending with SQL clauses"],
  ["n = 1 UNION SELECT 1", "malformed query ending with SQL clauses"],
  ["n = 1 FOR UPDATE", "malformed query ending with SQL clauses"],
  ["1 / 0 = n", "At location 0: Failed to apply function to constant arguments"],
  ["n = 1 AND id / (1 - 1) = (2 / 0)", "At location 0: Failed to apply function to constant arguments"],
  ["('a' || 'b')::int = n", "At location 0: Failed to apply function to constant arguments"],
  ["(name).first = 'a'", "At location 0: A_Indirection is not supported in this context"],
  ["(name).* IS NULL", "At location 0: A_Star is not supported in this context"],
  ["n = 0x10", 'At location 19: trailing junk after numeric literal at or near "0x10"'],
  ["n = 1_000", 'At location 19: trailing junk after numeric literal at or near "1_000"'],
  ["n IN (0b1, 0O7)", 'At location 21: trailing junk after numeric literal at or near "0b1"'],
  ["lower(DISTINCT name) = 'a'", "At location 0: aggregation is not supported in this context"],
  ["lower(name) OVER () = 'a'", "At location 0: aggregation is not supported in this context"],
  ["n = $1", "At location 4: parameter $1 was not provided"],
  ["pg_sleep(10) IS NULL", "At location 0: unknown or unsupported function pg_sleep/1"],
  ["n[1] = 1", "At location 0: A_Indirection is not supported in this context"],
])("refuses %s", async (where, message) => {
  expect(await reason(where)).toBe(message);
});

test.each(["[1:2]={1,2}", "{ }", " {}", "{1,2}  ", "{{}}", "{1,{2}}", "{1,2", "1,2", "{1,,2}", "{1,2}}"])(
  "reads no array in '%s'",
  async (text) => {
    expect(await reason(`nums @> '${text}'`, "array")).toBe(
      `At location 8: invalid syntax for type int4[]: ${text}`,
    );
  },
);

test.each(["{}", "{1}", " { 1 , NULL } ", '{"1",null}', "{{1,2},{3,4}}"])(
  "reads an array in '%s'",
  async (text) => {
    expect(await reason(`nums @> '${text}'`, "array")).toMatch(/^accepted: /);
  },
);

test.each([
  "n BETWEEN SYMMETRIC 5 AND 2",
  "NOT (n IS DISTINCT FROM NULL)",
  "price > n / 2",
  "n ^ 2 > 10 AND |/ n < 3 AND (n # 1) | 2 = 3 AND ~n < 0",
  "day + 1 > '2024-01-01' AND day - interval '1 month' < '2024-01-01 00:00:00'",
  "at AT TIME ZONE 'Europe/Berlin' > '2024-01-01 00:00:00'",
  "at - at = interval '1 day' AND justify_days(interval '40 days') = '1 month 10 days'",
  "name ILIKE $1 OR lower(name) = ANY ($2)",
  "concat(name, '!') = 'a!'",
  "pg_catalog.lower(name) = 'a'",
  "n = +5 AND n = 007::text::int",
  "n > 99999999999 OR price < .5 OR price < 1e3",
  "(ok IS NOT UNKNOWN) = true",
  "name = U&'\\0061' OR name = E'\\n' OR name = $$a$$",
  "/* a */ n = 1 -- b",
  "coalesce(price, n) > 1.5",
])("accepts %s", async (where) => {
  expect(await reason(where, "plain", { 1: "a%", 2: "{a,b}" })).toMatch(/^accepted: /);
});

test("one condition has one identity however it is spelled, another value or spelling of it has another", async () => {
  const identity = async (where: string, params = {}) => (await compile(where, params)).canonical;
  const same = await identity("n = 3");
  for (const where of ["n=3", "(n = 3)", '"n" = 3', "N = 3", " n  =  3 -- c"])
    expect(await identity(where)).toBe(same);
  expect(await identity("n <> 3")).toBe(await identity("n != 3"));
  expect(await identity("n = 3", { 1: "unused" })).toBe(same);
  const others = await Promise.all(
    ["n = '3'", "n = 4", "3 = n", "id = 3", "n >= 3"].map((where) => identity(where)),
  );
  others.push(await identity("n = $1", { 1: "3" }), await identity("n = $1", { 1: "4" }));
  expect(new Set([same, ...others]).size).toBe(8);
});

test("enum literals are left to Postgres in subsets and refused in shapes", async () => {
  const subset = await compile("mood = 'happy' OR mood = $1", { 1: "it's" }, "enum", true);
  expect(subset.sql).toBe(`(("mood" = 'happy') OR ("mood" = 'it''s'))`);
  expect(await reason("mood = 'happy'", "enum")).toContain("invalid syntax for type enum w_mood");
});

test.each([
  ["moods = '{happy}'", "At location 8: invalid syntax for type w_mood[]: {happy}"],
  ["'happy' = ANY (moods)", "At location 8: Could not select an operator overload"],
  ["moods::text = 'x'", "At location 0: unknown cast from type w_mood[] to type text"],
])(
  "an array of an enum is of a type that nothing is known of, also in subsets: %s",
  async (where, message) => {
    for (const enums of [false, true]) {
      const refused = await compile(where, {}, "enum", enums).catch((error) => error);
      expect(refused).toBeInstanceOf(WhereError);
      expect(refused.message).toBe(message);
    }
    expect(await reason("moods IS NOT NULL AND moods = moods", "enum")).toMatch(/^accepted: /);
  },
);

test("equalities that a router may look up by text", async () => {
  const equalities = async (where: string, params = {}) =>
    (await compile(where, params)).equalities.map(({ column, value }) => `${column}=${value}`);
  expect(await equalities("n = 3 AND name = 'a'")).toEqual(["n=3", "name=a"]);
  expect(await equalities("$1 = id AND (ok AND n IN (007))", { 1: "+5" })).toEqual(["id=5", "n=7"]);
  expect(await equalities("n = 3 OR name = 'a'")).toEqual([]);
  expect(await equalities("NOT (n = 3) AND n <> 4 AND n = id AND n = NULL")).toEqual([]);
  expect(await equalities("price = 1.0 AND n + 1 = 2 AND n = 2.0")).toEqual([]);
});

test("a row without a value that it needs, or that cannot be computed, is no match", async () => {
  const divided: CompiledWhere = await compile("10 / n = 5");
  expect([..."012"].map((n) => divided.matches({ n }))).toEqual([false, false, true]);
  expect(divided.matches({ n: null })).toBe(false);
  expect(divided.matches({ n: undefined })).toBe(false);
  const isFive = await compile("n = 5 OR id = 1");
  expect(isFive.matches({ n: undefined, id: "1" })).toBe(false);
  expect([...isFive.columns].sort()).toEqual(["id", "n"]);
});

test("booleans are read in the form of the log and of snapshots", async () => {
  const ok = await compile("ok");
  expect(["t", "true", "f", "false", null].map((value) => ok.matches({ ok: value }))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("a type may be named like a property that every JavaScript object has", async () => {
  const columns = [{ name: "c", typeName: "constructor" }];
  const refused = compileWhere({ where: "c = 1", params: {}, columns, describeTable });
  await expect(refused).rejects.toThrow("At location 2: Could not select an operator overload");
});
