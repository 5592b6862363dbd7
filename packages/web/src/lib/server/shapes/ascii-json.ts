import { isUtf8 } from "node:buffer";
import { asciiEscapes } from "~/lib/wire/ascii-escapes";

/**
 * Writes the JSON of a header in ASCII, with `\u` escapes for every other character.
 *
 * Browsers and Node read the bytes of a header as Latin-1. Electric sends UTF-8, so that a column `größe` would arrive as
 * `grÃ¶Ã\u009fe` and have no parser.
 *
 * @param header JSON text whose characters are the bytes that were received, as `fetch` gives them.
 */
export function asciiJson(header: string): string {
  const bytes = Buffer.from(header, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : header;
  return asciiEscapes(text);
}
