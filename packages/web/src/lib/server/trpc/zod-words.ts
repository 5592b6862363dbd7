import type { z } from "zod";

/** The parts of an issue that the messages need. Zod has a separate type for each code. */
type Issue = Readonly<
  Partial<Record<"expected" | "maximum" | "minimum" | "origin" | "format" | "keys" | "values", unknown>>
> & { readonly code?: string | undefined; readonly input?: unknown };

/**
 * Returns the message for a person whose value a schema refuses, when the schema has no message for the case. Zod's
 * default messages are meant for developers. Pass this function as the `error` parameter of Zod's parsing functions.
 */
export const zodWords: z.core.$ZodErrorMap = (raw) => {
  const issue: Issue = raw;
  if (issue.input === undefined || issue.input === null) return "Fill this in.";
  switch (issue.code) {
    case "invalid_type":
      return wantedType[String(issue.expected)] ?? notAllowed;
    case "too_big":
      return tooBig(issue);
    case "too_small":
      return tooSmall(issue);
    case "invalid_format":
      return wantedFormat[String(issue.format)] ?? "This is not in the expected form.";
    case "invalid_value":
      return Array.isArray(issue.values) ? `Choose one of these: ${issue.values.join(", ")}.` : notAllowed;
    case "unrecognized_keys":
      return unrecognised(issue.keys);
    default:
      return notAllowed;
  }
};

const notAllowed = "This value is not allowed.";

const wantedType: Record<string, string> = {
  string: "Enter text.",
  number: "Enter a number.",
  int: "Enter a whole number.",
  bigint: "Enter a whole number.",
  date: "Enter a date.",
  boolean: "Answer with yes or no.",
};

const wantedFormat: Record<string, string> = {
  email: "Enter an e-mail address.",
  url: "Enter a web address.",
  date: "Enter a date.",
};

function tooBig({ origin, maximum }: Issue): string {
  if (origin === "string") return `Use at most ${maximum} characters.`;
  if (origin === "array") return `Give at most ${maximum}.`;
  return origin === "date" ? "Enter an earlier date." : `Enter at most ${maximum}.`;
}

function tooSmall({ origin, minimum }: Issue): string {
  if (origin === "string") return minimum === 1 ? "Fill this in." : `Use at least ${minimum} characters.`;
  if (origin === "array") return `Give at least ${minimum}.`;
  return origin === "date" ? "Enter a later date." : `Enter at least ${minimum}.`;
}

/** The message for a developer whose code sends a field that the schema does not have. */
function unrecognised(keys: unknown): string {
  const names = Array.isArray(keys) ? keys.map((key) => JSON.stringify(key)) : [];
  return `Unrecognized key${names.length > 1 ? "s" : ""}: ${names.join(", ")}. This input does not offer that.`;
}
