import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { BodyError, readBody, separateSubset } from "./body.ts";
import { parseQuery } from "./query.ts";

const separate = (query: string, body = {}) =>
  JSON.parse(JSON.stringify(separateSubset(parseQuery(query), body)));

test("the query string names a subset by prefix or as a map", () => {
  expect(separate("table=a&subset__where=x")).toEqual({ shape: { table: "a" }, subset: { where: "x" } });
  expect(separate("subset[where]=x&subset__limit=1")).toEqual({
    shape: {},
    subset: { where: "x", limit: "1" },
  });
});

test("a body names it by bare names, which add to those of the query string", () => {
  expect(separate("where=s&subset__order_by=id", { limit: 1, log: "full" })).toEqual({
    shape: { where: "s", log: "full" },
    subset: { order_by: "id", limit: 1 },
  });
});

test("with a subset of its own in the body, bare names are the shape's", () => {
  expect(separate("", { where: "s", subset: { where: "x" } })).toEqual({
    shape: { where: "s" },
    subset: { where: "x" },
  });
});

test("prefixed names in a body mean nothing", () => {
  expect(separate("", { subset__where: "x" }).subset).toBe(null);
});

test("what is no map is passed on, to be refused", () => {
  expect(separate("subset=x").subset).toBe("x");
  expect(separate("", { subset: [] }).subset).toEqual([]);
  expect(separate("", { subset: null }).subset).toBe(null);
});

function posted(body: Buffer): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.push(body);
  request.push(null);
  return request;
}

test("a body is a JSON object in UTF-8, or nothing", async () => {
  expect(await readBody(posted(Buffer.from("")))).toEqual({});
  expect(await readBody(posted(Buffer.from(' {"a":"ü"} ')))).toEqual({ a: "ü" });
  for (const bytes of [[0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0xef, 0xbb, 0xbf, 0x7b, 0x7d], [0x20]]) {
    await expect(readBody(posted(Buffer.from(bytes)))).rejects.toThrow(BodyError);
  }
});
