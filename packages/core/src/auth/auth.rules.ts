import * as z from "zod/mini";
import { passwordLength } from "./password-length.ts";

/**
 * Rules for what a person types. The browser's forms and the server's schemas share them.
 *
 * They use `zod/mini` and are apart from `auth.sql.ts`, so that a page that validates a name does not load Drizzle. The
 * server adds the `…Checks` to a column of a drizzle-zod schema; a form uses the whole schema.
 */

/**
 * Holds when a text has a character that a reader sees. Combining marks, the fillers of Hangul and the blank pattern of
 * Braille show nothing by themselves.
 */
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * A display name: 1 to 80 characters after trimming, without control characters and directions. At least one character is
 * visible.
 */
export const userNameChecks = [
  z.trim(),
  z.minLength(1, "Enter your name."),
  z.maxLength(80, "Use at most 80 characters for your name."),
  // Postgres refuses NUL in a text, and other control characters would break the line wherever a name is printed.
  z.regex(/^\P{Cc}*$/u, "Leave out control characters."),
  // An override or an isolate that a name leaves open would turn round the text behind the name.
  z.regex(
    /^[^\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u,
    "Leave out characters that change the direction of text.",
  ),
  // A name of characters that nobody sees would pass for no name, or for another person's.
  z.regex(visible, "Use at least one character that can be seen."),
];
/** The name in a form. */
export const userName = z.string("Enter your name.").check(...userNameChecks);

/** An e-mail address in the form that browsers accept in `<input type="email">`. */
export const userEmail = z
  .email({ pattern: z.regexes.html5Email, error: "Enter an e-mail address, for example ada@example.com." })
  .check(z.maxLength(254, "Use an address of at most 254 characters."));

/** A new password. Spaces at the ends count for nothing, so eight spaces are no password. */
export const userPassword = z.string("Enter a password.").check(
  z.minLength(passwordLength.min, `Use at least ${passwordLength.min} characters.`),
  z.maxLength(passwordLength.max, `Use at most ${passwordLength.max} characters.`),
  z.refine(
    (password) => password.trim().length >= passwordLength.min,
    `Use at least ${passwordLength.min} characters beside the spaces at the ends.`,
  ),
);

/** The message for a password that holds the name or the address of its owner. */
export const personalPassword = "Leave your name and your e-mail address out of the password.";

/** The message for one of the commonest passwords. */
export const commonPassword = "This password is one of the commonest. Choose another one.";
