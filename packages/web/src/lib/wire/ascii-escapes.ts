/**
 * Writes JSON in ASCII, with `\u` escapes for every other character, because a header carries only ASCII safely.
 *
 * @param json JSON text
 */
export function asciiEscapes(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
