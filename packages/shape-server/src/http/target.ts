import type { IncomingMessage } from "node:http";

/** Electric reads lines of so many bytes, and so many headers. */
const MOST_LINE_BYTES = 10_000;
const MOST_HEADERS = 50;
/** Room for them all, so that it is said which is too long. */
export const MOST_HEADER_BYTES = (MOST_HEADERS + 1) * MOST_LINE_BYTES;

/** The status for a request whose first line or headers are longer than Electric reads, else null. */
export function tooLong({ method, url, rawHeaders }: IncomingMessage): number | null {
  if (`${method} ${url} HTTP/1.1\r\n`.length > MOST_LINE_BYTES) return 414;
  // names and values in turn
  const long = rawHeaders.some((text) => text.length > MOST_LINE_BYTES);
  return long || rawHeaders.length > 2 * MOST_HEADERS ? 431 : null;
}

/** The target without scheme and host, which clients of proxies send. */
export const originForm = (url: string) => url.replace(/^https?:\/\/[^/?]*/i, "");

/** The path without empty parts, decoded; null when it is malformed. */
export function segments(target: string): string | null {
  try {
    const parts = target.split("/").filter(Boolean);
    // a slash that was encoded separates nothing
    return parts.map((part) => decodeURIComponent(part).replaceAll("/", "%2F")).join("/");
  } catch {
    return null;
  }
}
