import { expect, test } from "vitest";
import { nextPoll, placeOf } from "~/lib/wire/line";
import { ShapeLog } from "./shape-log";

const poll = "/api/users?cursor=3&handle=1-2&live=true&offset=9_0";

test("a waiting poll says where the shape is", () => {
  const log = new ShapeLog();
  log.wait(poll);
  expect(log.of("users")).toMatchObject({ handle: "1-2", offset: "9_0", requests: 0 });
});

test("a lost handle answers the poll that waits, at its place, and leads to a handle that the server does not know", () => {
  const log = new ShapeLog();
  expect(log.lostHandle("users")).toBeUndefined();
  log.wait(poll);
  const message = log.lostHandle("users");
  if (message?.kind !== "answer") throw new Error("no answer");
  expect(message.place).toBe(placeOf(poll));
  const next = new URLSearchParams(nextPoll(poll, message.answer));
  expect(next.get("offset")).toBe("9_0");
  expect(next.get("handle")).not.toBe("1-2");
});

test("a request without an answer counts as a request and as an error", () => {
  const log = new ShapeLog();
  log.fail("users");
  expect(log.of("users")).toMatchObject({ requests: 1, errors: 1 });
});
