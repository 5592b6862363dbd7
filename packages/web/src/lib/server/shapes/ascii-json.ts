import { isUtf8 } from "node:buffer";
import { asciiEscapes } from "~/lib/wire/ascii-escapes";

/**
 * Writes the JSON of a header in ASCII, with `\u` escapes for every other character.
 *
 * Browsers and Node read the bytes of a header as Latin-1, but Electric sends UTF-8. Without the escapes, a column
 * `größe` would arrive as `grÃ¶Ã\u009fe`, and the client would find no parser for the column.
 *
 * @param header JSON text from Node, in which each character stands for one received byte
 */
export function asciiJson(header: string): string {
  const bytes = Buffer.from(header, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : header;
  return asciiEscapes(text);
}
