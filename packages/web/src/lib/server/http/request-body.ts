import { refusalAt } from "~/lib/server/http/refusal";
import { longestBody } from "~/lib/server/limits";

/**
 * Reads the body of a request, which each handler would read to its end however long it is.
 *
 * @returns the request with the body that was read, or the refusal of one that is too long or broke off
 */
export async function withinLimit(request: Request): Promise<Request | Response> {
  const tooLong = () => refusalAt(request.url, "PAYLOAD_TOO_LARGE", tooLongMessage(request.url));
  if (request.method === "GET" || request.method === "HEAD") return request;
  // Before the body is touched: Node throws away one that nobody began to read, else it would break the connection off.
  if (Number(request.headers.get("content-length")) > longestBody) return tooLong();
  if (!request.body) return request;
  const read: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = request.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.byteLength;
      // Not cancelled: that would close the connection before the answer is on its way.
      if (length > longestBody) return tooLong();
      read.push(next.value);
    }
  } catch {
    return refusalAt(request.url, "BAD_REQUEST", "This request broke off.");
  }
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: new Blob(read) });
}

/** Below `/api/trpc` a person reads it, who can do something about it. */
function tooLongMessage(url: string): string {
  return new URL(url).pathname.startsWith("/api/trpc/")
    ? "This change is too big to send: at most 1 MB. Shorten it, or split it."
    : "This request is too long.";
}
