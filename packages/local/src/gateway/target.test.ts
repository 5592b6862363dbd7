import { expect, test } from "vitest";
import { parseTarget } from "./target.ts";

test("a URL without sslmode means no TLS, and a URL without a port means 5432", () => {
  expect(parseTarget("postgres://u:p@db.example/app")).toEqual({ host: "db.example", port: 5432, tls: "no" });
});

test("every sslmode but disable and no-verify asks for TLS with a verified certificate", () => {
  const tls = (mode: string) => parseTarget(`postgresql://u@h:6000/app?sslmode=${mode}`).tls;
  expect(["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"].map(tls)).toEqual([
    "no",
    "unverified",
    "verified",
    "verified",
    "verified",
    "verified",
  ]);
});

test("an IPv6 host loses its brackets", () => {
  expect(parseTarget("postgresql://u:p@[::1]:5433/app")).toEqual({ host: "::1", port: 5433, tls: "no" });
});
