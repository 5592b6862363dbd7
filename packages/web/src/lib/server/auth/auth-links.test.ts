import { expect, test } from "vitest";
import { authLinks } from "./auth-links";

const secret = "x".repeat(32);

test.for(["", "example.com", "/", "ftp://example.com"])("refuses to start at the address %j", (url) => {
  expect(() => authLinks(url, secret)).toThrow("Link Site");
});

test("refuses to start with a secret that is too short", () => {
  expect(() => authLinks("https://example.com", "x".repeat(31))).toThrow("Link AuthSecret");
});

test("takes the origin of the site", () => {
  expect(authLinks("https://example.com/", secret)).toEqual({ origin: "https://example.com", secret });
});
