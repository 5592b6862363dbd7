import { expect, test } from "vitest";
import { longestBody } from "../limits";
import { withinLimit } from "./request-body";

const url = "http://app.test/api/auth/sign-in/email";

/** A body that comes piece by piece, without its length being said before. */
function pieces(count: number, piece = "x".repeat(1024)) {
  let left = count;
  return new ReadableStream({
    pull: (controller) =>
      left-- > 0 ? controller.enqueue(new TextEncoder().encode(piece)) : controller.close(),
  });
}

function post(body: BodyInit, headers: Record<string, string> = {}) {
  // A stream is sent with `duplex`, which the DOM's types do not know.
  const init = { method: "POST", body, headers, duplex: "half" };
  return new Request(url, init);
}

test("hands on what was sent, with its method and headers", async () => {
  const sent = new Request(url, {
    method: "POST",
    body: '{"a":"ž"}',
    headers: { origin: "http://app.test" },
  });
  const taken = await withinLimit(sent);
  expect(taken).toBeInstanceOf(Request);
  expect([(taken as Request).method, taken.headers.get("origin"), await taken.text()]).toEqual([
    "POST",
    "http://app.test",
    '{"a":"ž"}',
  ]);
});

test("takes a body of the greatest length and refuses one byte more with 413", async () => {
  const of = (length: number) => withinLimit(post("x".repeat(length)));
  expect(await of(longestBody)).toBeInstanceOf(Request);
  const refused = (await of(longestBody + 1)) as Response;
  expect([refused.status, await refused.json()]).toEqual([413, { message: "This request is too long." }]);
});

test("says below /api/trpc what to do about it, as tRPC would", async () => {
  const long = new Request("http://app.test/api/trpc/push", {
    method: "POST",
    body: "x".repeat(longestBody + 1),
  });
  const refused = (await withinLimit(long)) as Response;
  const message = "This change is too big to send: at most 1 MB. Shorten it, or split it.";
  const error = { message, code: -32013, data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413 } };
  expect([refused.status, await refused.json()]).toEqual([413, { error }]);
});

test("refuses a body whose length is said before, without reading it", async () => {
  const body = pieces(1);
  const headers = { "content-length": String(longestBody + 1) };
  const refused = await withinLimit(post(body, headers));
  expect((refused as Response).status).toBe(413);
  expect(body.locked).toBe(false);
});

test("stops to read an endless body", async () => {
  const body = pieces(Number.POSITIVE_INFINITY);
  const refused = await withinLimit(post(body));
  expect((refused as Response).status).toBe(413);
});

test("answers 400 to a body that breaks off", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("socket hang up")) });
  const refused = await withinLimit(post(body));
  expect((refused as Response).status).toBe(400);
});
