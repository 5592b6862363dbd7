import { ComputeError } from "./compute-error.ts";
import { lower } from "./text.ts";

/**
 * A part of a pattern: `_` stands for one character, `%` for any number of them. `char` is a literal character, or
 * undefined where an escape character ends the pattern.
 */
type Part = { any: "one" | "many" } | { char: string | undefined };

/**
 * Compiles a pattern of LIKE, or of ILIKE with `ignoreCase`.
 * Source: https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
 * @returns a function that throws ComputeError when matching arrives at an escape character that ends the pattern
 */
export function likeMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const parts = partsOf(ignoreCase ? lower(pattern) : pattern);
  const isSearchable = parts.every((part) => ("any" in part ? part.any === "many" : part.char !== undefined));
  const matches = isSearchable ? bySearch(parts) : byCharacter(parts);
  return ignoreCase ? (text) => matches(lower(text)) : matches;
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i];
    if (char === "%") parts.push({ any: "many" });
    else if (char === "_") parts.push({ any: "one" });
    else parts.push({ char: char === "\\" ? chars[++i] : char });
  }
  return parts;
}

/** A pattern without `_` needs only plain searches for the text between its `%`. */
function bySearch(parts: Part[]): (text: string) => boolean {
  const pieces = [""];
  for (const part of parts) {
    if ("any" in part) pieces.push("");
    else pieces.push((pieces.pop() ?? "") + part.char);
  }
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
      return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at + last.length <= text.length;
  };
}

/**
 * Goes back to the latest `%` only, which is enough to find a match. The time is therefore bounded by the product of
 * the lengths of pattern and text.
 */
function byCharacter(parts: Part[]): (text: string) => boolean {
  return (whole) => {
    const text = [...whole];
    let part = 0;
    let at = 0;
    let retryPart = -1;
    let retryAt = 0;
    while (at < text.length) {
      const want = parts[part];
      if (want && "char" in want && want.char === undefined) {
        throw new ComputeError("LIKE pattern must not end with escape character");
      }
      if (want && "any" in want && want.any === "many") {
        retryPart = ++part;
        retryAt = at;
      } else if (want && ("any" in want || want.char === text[at])) {
        part++;
        at++;
      } else if (retryPart >= 0) {
        part = retryPart;
        at = ++retryAt;
      } else {
        return false;
      }
    }
    return parts.slice(part).every((rest) => "any" in rest && rest.any === "many");
  };
}
