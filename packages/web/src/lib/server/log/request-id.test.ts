import { expect, test } from "vitest";
import { requestId } from "~/lib/server/log/request-id";

const sent = (id: string) => new Headers({ "x-request-id": id });
const wellFormed = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==";

test("takes the id from CloudFront, and from nobody else", () => {
  expect(requestId(sent(wellFormed), true)).toBe(wellFormed);
  expect(requestId(sent(wellFormed), false)).toMatch(/^[0-9a-f-]{36}$/);
});

test.for(["", "short", "x".repeat(129), 'a"b"c"d"e"f', "two words here"])(
  "makes an id in the place of %j",
  (id) => {
    expect(requestId(sent(id), true)).toMatch(/^[0-9a-f-]{36}$/);
  },
);
