import { dictionary } from "@zxcvbn-ts/language-common";
import { expect, test } from "vitest";
import { isCommonPassword } from "./common-passwords.ts";
import { passwordLength } from "./password-length.ts";

const commonest = dictionary["passwords-common"].slice(0, 10_000);

test("every one of the 10,000 commonest passwords is refused: by its length, or because it is common", () => {
  expect(commonest.length).toBe(10_000);
  const accepted = commonest.filter((word) => word.length >= passwordLength.min && !isCommonPassword(word));
  expect(accepted).toEqual([]);
});

test.for(["PASSWORD", "BaseBall", " password"])(
  "%j is as common as without capitals and spaces",
  (password) => {
    expect(isCommonPassword(password)).toBe(true);
  },
);

test.for(["correct horse", "correct horse battery staple", "password-1234", "password of mine"])(
  "%j is not common, although it holds common words",
  (password) => {
    expect(isCommonPassword(password)).toBe(false);
  },
);
