import { expect, test } from "vitest";
import { arrivalsIn, noTraffic, withAnswer } from "./shape-traffic";

const answer = {
  at: 7,
  way: "line" as const,
  status: 200,
  header: (name: string) => ({ "electric-handle": "1-2", "electric-offset": "9_0" })[name],
  bytes: 120,
};

test("adds up answers, and keeps the place in the log of the last good one", () => {
  const heard = withAnswer(noTraffic, answer);
  expect(heard).toMatchObject({
    handle: "1-2",
    offset: "9_0",
    answers: 1,
    requests: 0,
    bytes: 120,
    errors: 0,
  });
  const lost = withAnswer(heard, {
    ...answer,
    way: "request",
    status: 503,
    header: () => undefined,
    bytes: 30,
  });
  expect(lost).toMatchObject({
    handle: "1-2",
    offset: "9_0",
    answers: 1,
    requests: 1,
    bytes: 150,
    errors: 1,
  });
});

test("counts a lost handle as a load anew, and as no error", () => {
  const dropped = withAnswer(noTraffic, { ...answer, status: 409 });
  expect(dropped).toMatchObject({ refetches: 1, errors: 0, handle: "1-2", offset: undefined });
});

test("finds each transaction of an answer once", () => {
  const message = (txids: number[], lsn: string) => ({
    headers: { operation: "update", txids, lsn },
    value: {},
  });
  const body = [
    message([5], "30"),
    message([5], "30"),
    message([6], "31"),
    { headers: { control: "up-to-date" } },
  ];
  expect(arrivalsIn(JSON.stringify(body))).toEqual([
    { txid: 5, lsn: "30" },
    { txid: 6, lsn: "31" },
  ]);
});

test.for(["", "[]", "{}", "null", "[null]", "no JSON"])("finds nothing in %j", (body) => {
  expect(arrivalsIn(body)).toEqual([]);
});
