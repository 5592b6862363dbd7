import { beforeAll, expect, test } from "vitest";
import { tables } from "../../test/where/tables.ts";
import { compileOrderBy } from "./order-by.ts";
import { grammarReady } from "./syntax/parse.ts";
import { WhereError } from "./syntax/where-error.ts";

beforeAll(grammarReady);

test.each([
  ["n", '"n"'],
  ["n DESC, id", '"n" DESC, "id"'],
  ["n, 1 DESC", '"n", "id"::text DESC, "name"::text DESC'],
  ['name ASC NULLS FIRST, "n" desc nulls last', '"name" ASC NULLS FIRST, "n" DESC NULLS LAST'],
])("renders %s", (text, sql) => {
  expect(compileOrderBy(text, tables.plain.columns, ["id", "name"])).toBe(sql);
});

test.each([
  ["nope", "At location 18: unknown reference nope"],
  ["n, plain.id", "At location 21: unknown reference plain.id"],
  ["id; DROP TABLE x", "Unexpected `;` in order by"],
  ["lower(name)", "At location 18: FuncCall expressions are not allowed in ORDER BY clauses"],
  ["2", "At location 18: A_Const expressions are not allowed in ORDER BY clauses"],
  ["id, 'a'", "At location 22: A_Const expressions are not allowed in ORDER BY clauses"],
  ["n + 1", "At location 20: A_Expr expressions are not allowed in ORDER BY clauses"],
  ["$1", "At location 18: parameter $1 is not supported in ORDER BY clauses"],
  ["plain.*", "At location 0: A_Star is not supported in this context"],
  ["n LIMIT 1", "malformed query ending with SQL clauses"],
  ["n,", "At location 20: syntax error at end of input"],
])("refuses %s", (text, message) => {
  const compile = () => compileOrderBy(text, tables.plain.columns, ["id"]);
  expect(compile).toThrow(WhereError);
  expect(compile).toThrow(message);
});
