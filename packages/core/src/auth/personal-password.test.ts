import { expect, test } from "vitest";
import { isPersonalPassword } from "./personal-password.ts";

const ada = { name: "Ada Lovelace", email: "countess.ada@example.com" };

test.for([
  ["the name", "Ada Lovelace 1815"],
  ["the name without the space, in another case", "xxADALOVELACExx"],
  ["the name with other signs between", "ada_lovelace!"],
  ["the address", "countess.ada@example.com"],
  ["the part of the address before the @", "my-countess-ada"],
] as const)("a password that holds %s is personal", ([, password]) => {
  expect(isPersonalPassword(password, ada)).toBe(true);
});

test.for([
  ["correct horse battery staple", ada],
  ["lovelace alone is no name", ada],
  ["example.com is a host", ada],
  ["robots", { name: "Bo", email: "b@example.com" }],
  ["anything", { name: "", email: "" }],
] as const)("%j is not personal", ([password, owner]) => {
  expect(isPersonalPassword(password, owner)).toBe(false);
});
