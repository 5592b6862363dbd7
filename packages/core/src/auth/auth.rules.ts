import * as z from "zod/mini";

/**
 * Rules for what a person types. The browser's forms and the server's schemas share them.
 *
 * They use `zod/mini` and are apart from `auth.sql.ts`, so that a page that validates a name does not load Drizzle. The
 * server adds the `…Checks` to a column of a drizzle-zod schema; a form uses the whole schema.
 */

/** A display name: 1 to 80 characters after trimming, without control characters. */
export const userNameChecks = [
  z.trim(),
  z.minLength(1, "Enter your name."),
  z.maxLength(80, "Use at most 80 characters for your name."),
  // Postgres refuses NUL in a text, and other control characters would break the line wherever a name is printed.
  z.regex(/^\P{Cc}*$/u, "Leave out control characters."),
];
/** The name in a form. */
export const userName = z.string("Enter your name.").check(...userNameChecks);

/** Address of a picture: an http(s) URL of at most 2,048 characters. */
export const userImageChecks = [
  z.trim(),
  z.maxLength(2048, "Use an address of at most 2,048 characters."),
  z.refine<string>(isWebUrl, "Enter an address that starts with http:// or https://."),
];
/** The address of the picture in a form; null when there is no picture. */
export const userImage = z.nullable(z.string().check(...userImageChecks));

/** An e-mail address in the form that browsers accept in `<input type="email">`. */
export const userEmail = z
  .email({ pattern: z.regexes.html5Email, error: "Enter an e-mail address, for example ada@example.com." })
  .check(z.maxLength(254, "Use an address of at most 254 characters."));

/** The least and the most characters of a password. better-auth is configured with the same numbers. */
export const passwordLength = { min: 8, max: 128 };

/** A new password. */
export const userPassword = z
  .string("Enter a password.")
  .check(
    z.minLength(passwordLength.min, `Use at least ${passwordLength.min} characters.`),
    z.maxLength(passwordLength.max, `Use at most ${passwordLength.max} characters.`),
  );

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
