import { refusalAt } from "~/lib/server/http/refusal";
import { copyRequest } from "~/lib/server/http/request-copy";
import { bodySeconds, longestBody } from "~/lib/server/limits";
import { longestPicture, uploadPath } from "~/lib/wire/picture";

/** What a body may be. */
interface Bounds {
  /** The greatest length, in bytes. */
  readonly longest?: number;
  /** How long the body may take to arrive, in milliseconds. */
  readonly within?: number;
}

/**
 * Reads the body of a request up to the limits. The handlers behind this function read a body of any length.
 *
 * @returns the request with its buffered body, or the refusal of a body that is too long, too slow or incomplete
 */
export async function bufferBody(
  request: Request,
  { longest = longestBody, within = bodySeconds * 1000 }: Bounds = {},
): Promise<Request | Response> {
  const tooLong = () => refusalAt(request.url, "PAYLOAD_TOO_LARGE", tooLongMessage(request.url));
  if (request.method === "GET" || request.method === "HEAD") return request;
  // The header is checked before the body is touched. Node discards a body that nobody has begun to read, but closes
  // the connection when a reader stops half-way.
  if (Number(request.headers.get("content-length")) > longest) return tooLong();
  if (!request.body) return request;
  const tooSlow = refusalAt(request.url, "TIMEOUT", "This request took too long to arrive.");
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, within);
  const read: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), late.promise]);
      if (next === undefined) return tooSlow;
      if (next.done) break;
      length += next.value.byteLength;
      // The reader is not cancelled, because a cancelled reader closes the connection before the answer is sent.
      if (length > longest) return tooLong();
      read.push(next.value);
    }
  } catch {
    return refusalAt(request.url, "BAD_REQUEST", "This request ended before its body was complete.");
  } finally {
    clearTimeout(timer);
  }
  return copyRequest(request, { body: Buffer.concat(read) });
}

/** A person reads the message about a change and about a picture, and can do something about either. */
function tooLongMessage(url: string): string {
  const { pathname } = new URL(url);
  if (pathname.startsWith("/api/trpc/"))
    return "This change is too big to send: at most 1 MB. Shorten it, or split it.";
  return pathname === uploadPath
    ? `Upload a picture of at most ${longestPicture / 1024} KB.`
    : "This request is too long.";
}
