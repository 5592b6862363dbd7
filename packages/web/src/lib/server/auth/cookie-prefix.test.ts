import { expect, test } from "vitest";
import { cookiePrefix } from "./cookie-prefix";

const [ours, theirs] = ["a".repeat(32), "b".repeat(32)];

test.for(["https://example.com", "http://example.com", "https://example.com:443", "http://localhost"])(
  "%s has the host to itself and keeps the usual name",
  (origin) => {
    expect(cookiePrefix(origin, ours)).toBe("better-auth");
  },
);

test("apps on ports of one host have names of their own", () => {
  const here = cookiePrefix("http://localhost:3000", ours);
  const there = cookiePrefix("http://localhost:3001", theirs);
  expect(new Set([here, there, "better-auth"]).size).toBe(3);
});

test("an app that moves to another port keeps its name", () => {
  expect(cookiePrefix("http://localhost:3001", ours)).toBe(cookiePrefix("http://localhost:3000", ours));
});

test("the name is made of letters that a cookie's name may have", () => {
  expect(cookiePrefix("https://localhost:3000", ours)).toMatch(/^better-auth-[0-9a-f]{8}$/);
});
