import { expect, test } from "vitest";
import { parseQuery, QueryError } from "./query.ts";

test.for<[string, unknown]>([
  ["a=1&b=x+y", { a: "1", b: "x y" }],
  ["a=1&a=2", { a: "2" }],
  ["a", { a: "" }],
  ["p[1]=a&p%5B2%5D=b", { p: { 1: "a", 2: "b" } }],
  ["c[]=id&c[]=v", { c: ["id", "v"] }],
  ["p[1][x]=a&p[1][y]=b", { p: { 1: { x: "a", y: "b" } } }],
  ["p[1=a", { "p[1": "a" }],
])("%s", ([text, expected]) => {
  expect(JSON.parse(JSON.stringify(parseQuery(text)))).toEqual(expected);
});

test.for(["a=%zz", "a=%", "a=%ff"])("%s is no query", (text) => {
  expect(() => parseQuery(text)).toThrow(QueryError);
});
