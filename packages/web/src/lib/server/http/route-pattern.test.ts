import { expect, test } from "vitest";
import { routePattern } from "~/lib/server/http/route-pattern";

test.for([
  ["/", "/"],
  ["/profile", "/profile"],
  ["/api/users", "/api/users"],
  ["/api/trpc/users.update", "/api/trpc/$"],
  ["/api/auth/sign-in/email", "/api/auth/$"],
  ["/_serverFn/abc", "/_serverFn/$"],
  ["/api/nothing", "/$"],
  ["/ada@example.com", "/$"],
  ["/profile/", "/$"],
  ["//", "/$"],
] as const)("names the route of %s as %s", ([path, pattern]) => {
  expect(routePattern(path)).toBe(pattern);
});
