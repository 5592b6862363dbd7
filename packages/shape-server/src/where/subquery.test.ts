import { expect, test } from "vitest";
import { describeTable, tables } from "../../test/where/tables.ts";
import { WhereError } from "./syntax/where-error.ts";
import { compileWhere } from "./where.ts";

function compile(where: string, params: Record<string, string> = {}, refuseSubqueries = false) {
  return compileWhere({
    where,
    params,
    columns: tables.posts.columns,
    describeTable,
    refuseSubqueries,
  });
}

async function reason(where: string): Promise<[string, string] | undefined> {
  return compile(where).then(
    () => undefined,
    (error) => (error instanceof WhereError ? [error.field, error.message] : ["crash", String(error)]),
  );
}

test("describes each sub-query and asks the oracle with the row's text", async () => {
  const where =
    "title = 'a' AND user_id IN (SELECT id FROM users WHERE active AND team = $1) AND NOT (id NOT IN (SELECT team FROM users))";
  const compiled = await compile(where, { 1: "7" });
  const [first, second] = compiled.subqueries;
  expect(first).toMatchObject({
    index: 0,
    negated: false,
    testColumns: ["user_id"],
    selected: ["id"],
    table: { schema: "public", name: "users" },
  });
  expect(first?.where?.equalities).toEqual([{ column: "team", value: "7" }]);
  expect(second).toMatchObject({
    index: 1,
    negated: false,
    testColumns: ["id"],
    selected: ["team"],
    where: null,
  });
  expect(compiled.equalities).toEqual([{ column: "title", value: "a" }]);
  const asked: unknown[] = [];
  const row = { id: "3", user_id: "5", org: null, title: "a" };
  expect(compiled.matches(row, (...question) => asked.push(question) > 0)).toBe(true);
  expect(asked).toEqual([
    [0, "5", ["5"]],
    [1, "3", ["3"]],
  ]);
  expect(compiled.matches(row)).toBe(false);
});

test("unknown membership is neither in nor not in", async () => {
  const row = { id: "1", user_id: null, org: null, title: null };
  const inside = await compile("user_id IN (SELECT id FROM users)");
  const outside = await compile("user_id NOT IN (SELECT id FROM users)");
  expect(outside.subqueries[0]?.negated).toBe(true);
  for (const [answer, isIn, isOut] of [
    [true, true, false],
    [false, false, true],
    [null, false, false],
  ] as const) {
    expect(inside.matches(row, () => answer)).toBe(isIn);
    expect(outside.matches(row, () => answer)).toBe(isOut);
  }
});

test("rows of columns are compared, and sub-queries nest", async () => {
  const pair = await compile(
    "(user_id, org) IN (SELECT id, org FROM users WHERE team IN (SELECT id FROM plain WHERE ok))",
  );
  expect(pair.subqueries[0]).toMatchObject({ testColumns: ["user_id", "org"], selected: ["id", "org"] });
  expect(pair.subqueries[0]?.where?.subqueries[0]).toMatchObject({ testColumns: ["team"], selected: ["id"] });
  expect(pair.matches({ user_id: "1", org: "x" }, (_index, _value, values) => values?.join() === "1,x")).toBe(
    true,
  );
  expect(pair.sql).toBe(
    '(ROW("user_id", "org") IN (SELECT "id", "org" FROM "public"."users" WHERE ("team" IN (SELECT "id" FROM "public"."plain" WHERE "ok"))))',
  );
});

test.each([
  [
    "user_id IN (SELECT id, active FROM users)",
    "where",
    "At location 8: left side of `IN (SELECT ...)` has type int4 but subquery returns row of (bool, int4)[]",
  ],
  [
    "user_id IN (SELECT org FROM users)",
    "where",
    "At location 8: left side of `IN (SELECT ...)` has type int4 but subquery returns text[]",
  ],
  [
    "user_id + 1 IN (SELECT id FROM users)",
    "where",
    "At location 12: currently, left side of `IN (SELECT ...)` can only be a column reference or a list of column references",
  ],
  [
    "user_id IN (SELECT nope FROM users)",
    "columns",
    "The following columns are not found on the table: nope",
  ],
  ["user_id IN (SELECT id FROM users, posts)", "where", "Expected a single table reference"],
  ["user_id IN (SELECT DISTINCT id FROM users)", "where", "SELECT statement must not contain any clauses"],
  ["user_id IN (SELECT id FROM users LIMIT 1)", "where", "SELECT statement must not contain any clauses"],
  [
    "user_id IN (SELECT id FROM users UNION SELECT id FROM posts)",
    "where",
    "Expected a single table reference",
  ],
  ["user_id IN (SELECT id FROM users WHERE u.id = 1)", "where", "At location 39: unknown reference u.id"],
  ["user_id IN (SELECT id FROM users WHERE id)", "where", "WHERE clause must return a boolean"],
  ["user_id IN (SELECT * FROM users)", "where", "At location 34: Expected a plain column reference"],
  [
    "user_id = ANY (SELECT id FROM users)",
    "where",
    "At location 8: only `value IN (SELECT ...)` sublinks are supported right now",
  ],
])("refuses %s", async (where, field, message) => {
  expect(await reason(where)).toEqual([field, message]);
});

test("a table that does not exist is the table's mistake, a sub-query in a subset the condition's", async () => {
  expect(await reason('id IN (SELECT id FROM s."No""such")')).toEqual([
    "table",
    'Table "s"."No"such" does not exist. If the table name contains capitals or special characters you must quote it.',
  ]);
  await expect(compile("id IN (SELECT id FROM users)", {}, true)).rejects.toThrow(
    "Subqueries are not allowed in subsets",
  );
});
