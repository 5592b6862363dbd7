import { expect, test } from "vitest";
import { securityTxt } from "~/lib/server/http/security-txt";

test("names a contact, the file's own address, and an end within a year of the build", () => {
  expect(securityTxt("https://app.example.com", new Date("2026-01-01")).split("\n")).toEqual([
    "Contact: mailto:security@app.example.com",
    "Expires: 2026-06-30T00:00:00.000Z",
    "Preferred-Languages: en",
    "Canonical: https://app.example.com/.well-known/security.txt",
    "",
  ]);
});
