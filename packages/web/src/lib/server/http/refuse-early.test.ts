import { expect, test } from "vitest";
import { refuseEarly } from "~/lib/server/http/refuse-early";

const early = (method: string, path: string) =>
  refuseEarly({ method, url: `http://app.test${path}` }, new Set(["/_serverFn/session"]))?.status;

test.for([
  ["TRACE", "/", 405],
  ["OPTIONS", "/sign-in", 405],
  ["POST", "/profile", 405],
  ["TRACE", "/api/users", 404],
  ["PROPFIND", "/api/trpc/push", 404],
  ["GET", "/.well-known/gone", 404],
  ["GET", "/_serverFn/", 404],
  ["GET", "/_serverFn/__proto__", 404],
  ["POST", "/_serverFn/abc", 405],
  ["GET", "/_serverFn/session?payload=%7B", 400],
  ["GET", "/_serverFn/session", undefined],
  ["GET", "/", undefined],
  ["HEAD", "/no-such-page", undefined],
  ["DELETE", "/api/users", undefined],
  ["POST", "/api/line", undefined],
] as const)("%s %s: %s", ([method, path, status]) => {
  expect(early(method, path)).toBe(status);
});
