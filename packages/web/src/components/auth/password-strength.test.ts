import { expect, test } from "vitest";
import { strengthOf } from "./password-strength";

const owner = { name: "Ada Lovelace", email: "ada@example.com" };

test.for([
  ["correct horse", "fair"],
  ["CorrectHorse", "fair"],
  ["correct horse battery", "very strong"],
  ["horse1234", "fair"],
  ["elephants", "weak"],
  ["zebra-lemon-quartz-violin", "very strong"],
  ["xkqvzpwrjtmnbghf", "very strong"],
  ["x7#Kq!z2Wp", "strong"],
  ["abcabcabcabc", "very weak"],
] as const)("%s is %s", ([password, strength]) => {
  expect(strengthOf(password, owner)).toMatch(new RegExp(`^Strength: ${strength}\\.`));
});
