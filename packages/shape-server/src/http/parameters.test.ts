import { expect, test } from "vitest";
import { RequestError } from "../errors/request-error.ts";
import { readDeletion } from "./parameters.ts";
import { parseQuery } from "./query.ts";

function refused(query: string): string[] {
  try {
    readDeletion(parseQuery(query));
    return [];
  } catch (error) {
    return error instanceof RequestError ? Object.keys(error.errors) : [String(error)];
  }
}

test("a DELETE takes what names a shape, and leaves the rest unused but not unread", () => {
  expect(refused("table=t&offset=0_0&live=true&live_sse=0&cursor=x")).toEqual([]);
  expect(refused("handle=1-2&live=")).toEqual([]);
  expect(refused("table=t&live=yes&live_sse=no&offset[]=1")).toEqual(["offset", "live", "live_sse"]);
});
