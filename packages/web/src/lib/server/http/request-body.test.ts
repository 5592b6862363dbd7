import { expect, test } from "vitest";
import { longestBody } from "../limits";
import { bufferBody } from "./request-body";

const url = "http://app.test/api/auth/sign-in/email";

/** A body that arrives in pieces, without a content-length. */
function pieces(count: number, piece = "x".repeat(1024)) {
  let left = count;
  return new ReadableStream({
    pull: (controller) =>
      left-- > 0 ? controller.enqueue(new TextEncoder().encode(piece)) : controller.close(),
  });
}

function post(body: BodyInit, headers: Record<string, string> = {}) {
  // A stream needs `duplex`, which the types of the DOM do not know.
  const init = { method: "POST", body, headers, duplex: "half" };
  return new Request(url, init);
}

test("passes on the body, the method and the headers", async () => {
  const sent = new Request(url, {
    method: "POST",
    body: '{"a":"ž"}',
    headers: { origin: "http://app.test" },
  });
  const taken = await bufferBody(sent);
  expect(taken).toBeInstanceOf(Request);
  expect([(taken as Request).method, taken.headers.get("origin"), await taken.text()]).toEqual([
    "POST",
    "http://app.test",
    '{"a":"ž"}',
  ]);
});

test("accepts a body of the greatest length and refuses one byte more with 413", async () => {
  const of = (length: number) => bufferBody(post("x".repeat(length)));
  expect(await of(longestBody)).toBeInstanceOf(Request);
  const refused = (await of(longestBody + 1)) as Response;
  expect([refused.status, await refused.json()]).toEqual([413, { message: "This request is too long." }]);
});

test("says below /api/trpc what to do about a long body, in tRPC's form", async () => {
  const long = new Request("http://app.test/api/trpc/push", {
    method: "POST",
    body: "x".repeat(longestBody + 1),
  });
  const refused = (await bufferBody(long)) as Response;
  const message = "This change is too big to send: at most 1 MB. Shorten it, or split it.";
  const error = { message, code: -32013, data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413 } };
  expect([refused.status, await refused.json()]).toEqual([413, { error }]);
});

test("refuses a long body by its content-length, without reading the body", async () => {
  const body = pieces(1);
  const headers = { "content-length": String(longestBody + 1) };
  const refused = await bufferBody(post(body, headers));
  expect((refused as Response).status).toBe(413);
  expect(body.locked).toBe(false);
});

test("stops reading an endless body", async () => {
  const body = pieces(Number.POSITIVE_INFINITY);
  const refused = await bufferBody(post(body));
  expect((refused as Response).status).toBe(413);
});

test("answers 400 to a body that breaks off", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("socket hang up")) });
  const refused = await bufferBody(post(body));
  expect((refused as Response).status).toBe(400);
});
