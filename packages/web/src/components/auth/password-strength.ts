import { commonPassword, personalPassword } from "@tracer/core/auth/auth.rules";
import { commonPasswordList, isCommonPassword } from "@tracer/core/auth/common-passwords";
import { passwordLength } from "@tracer/core/auth/password-length";
import { isPersonalPassword, type PasswordOwner } from "@tracer/core/auth/personal-password";
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { scoreOf, wordGuesses } from "./word-guesses";

const judge = new ZxcvbnFactory({ dictionary: { passwords: commonPasswordList } });

const words = ["Very weak", "Weak", "Fair", "Strong", "Very strong"] as const;

/**
 * Says how strong a password is, in a sentence for the person who types the password. A password that the server will
 * refuse gets the reason.
 */
export function strengthOf(password: string, owner: PasswordOwner): string {
  if (password.length < passwordLength.min) return `At least ${passwordLength.min} characters.`;
  if (isCommonPassword(password)) return commonPassword;
  if (isPersonalPassword(password, owner)) return personalPassword;
  // The estimate takes time that grows with the length.
  const judged = judge.check(password.slice(0, 64), [owner.name, owner.email]);
  // The library knows common passwords and no other words, so it takes a word for letters by chance.
  const score = Math.min(judged.score, scoreOf(wordGuesses(password)));
  return `Strength: ${(words[score] ?? words[0]).toLowerCase()}.${score < 3 ? " Add another word or two." : ""}`;
}
