import fc from "fast-check";
import { expect, test } from "vitest";
import { returnPath } from "./return-path";

const site = "https://tracer.example";

test("a path inside the app is kept with its search and hash", () => {
  expect(returnPath("/profile")).toBe("/profile");
  expect(returnPath("/profile?tab=1#name")).toBe("/profile?tab=1#name");
});

test.each([
  ["another host", "https://evil.example/"],
  ["a protocol-relative address", "//evil.example"],
  ["a backslash that browsers read as a slash", "/\\evil.example"],
  ["a tab that browsers drop", "/\t/evil.example"],
  ["a dot segment that leaves two slashes", "/.//evil.example"],
  ["a script", "javascript:alert(1)"],
  ["a relative path", "profile"],
  ["nothing", undefined],
  ["an array", ["/profile"]],
  ["the sign-in page itself", "/sign-in?redirect=/sign-in"],
])("%s is dropped", (_what, value) => {
  expect(returnPath(value)).toBeUndefined();
});

test("every path that is kept leads to the site's own origin", () => {
  const part = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    ":",
    "@",
    "\t",
    "\n",
    " ",
    "?",
    "#",
    "%2f",
    "evil.example",
    "http",
    "é",
  );
  const address = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc.array(part).map((parts) => `/${parts.join("")}`),
  );
  fc.assert(
    fc.property(address, (value) => {
      const path = returnPath(value);
      fc.pre(path !== undefined);
      expect(new URL(path, site).origin).toBe(site);
      expect(returnPath(path)).toBe(path);
    }),
  );
});
