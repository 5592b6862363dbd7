import * as z from "zod/mini";

/** What a person calls a passkey: 1 to 80 characters after trimming, without control characters. */
export const passkeyName = z
  .string("Name the passkey.")
  .check(
    z.trim(),
    z.minLength(1, "Name the passkey."),
    z.maxLength(80, "Use at most 80 characters for the name."),
    z.regex(/^\P{Cc}*$/u, "Leave out control characters."),
  );
