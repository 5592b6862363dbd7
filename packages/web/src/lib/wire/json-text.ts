/** A number beyond a double, which has up to 309 digits before the point. Postgres writes out all digits. */
const huge = /\d{309}/;

/**
 * Reads the text of a `json` or a `jsonb` in Postgres. A number that is too large for JavaScript becomes the largest
 * double.
 *
 * @throws SyntaxError when the text is no JSON
 */
export function parseJsonText(text: string): unknown {
  return huge.test(text) ? JSON.parse(text, finite) : JSON.parse(text);
}

/** Replaces an infinity by the largest double: JSON cannot hold an infinity, so the server would get null back. */
function finite(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return Math.sign(value) * Number.MAX_VALUE;
}
