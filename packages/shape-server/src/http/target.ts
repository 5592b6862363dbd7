import type { IncomingMessage } from "node:http";

/** Electric reads lines up to this length, and up to this many headers. */
const mostLineBytes = 10_000;
const mostHeaders = 50;
/** Node must read more than Electric, so that the answer can say which part is too long. */
export const mostHeaderBytes = (mostHeaders + 1) * mostLineBytes;

/** The status for a request whose first line or headers are longer than Electric reads; undefined for others. */
export function statusIfTooLong({ method, url, rawHeaders }: IncomingMessage): number | undefined {
  if (`${method} ${url} HTTP/1.1\r\n`.length > mostLineBytes) return 414;
  // The list alternates between names and values.
  const long = rawHeaders.some((text) => text.length > mostLineBytes);
  return long || rawHeaders.length > 2 * mostHeaders ? 431 : undefined;
}

/** The target without the scheme and host that a client of a proxy sends. */
export const originForm = (url: string) => url.replace(/^https?:\/\/[^/?]*/i, "");

/** The path without empty parts, decoded; undefined when the path is malformed. */
export function decodedPath(target: string): string | undefined {
  try {
    const parts = target.split("/").filter(Boolean);
    // An encoded slash separates nothing.
    return parts.map((part) => decodeURIComponent(part).replaceAll("/", "%2F")).join("/");
  } catch {
    return undefined;
  }
}
