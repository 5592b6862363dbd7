import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** Headers that speak of one connection, and so are not passed on. */
const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What one request is called in CloudFront's log, in the app's log and in the answer. */
export function newRequestId(): string {
  return randomUUID();
}

/**
 * Makes the headers that the origin gets: those of the viewer without `host`, and what CloudFront adds.
 *
 * @param added what the edge functions of the behaviour set. These replace headers that the viewer sends
 */
export function towardsOrigin(
  headers: IncomingHttpHeaders,
  { address, id, added }: { address: string; id: string; added: OutgoingHttpHeaders },
): OutgoingHttpHeaders {
  const passed = Object.entries(headers).filter(
    ([name]) => !name.startsWith(":") && name !== "host" && !hopByHop.has(name),
  );
  const before = headers["x-forwarded-for"];
  return {
    ...Object.fromEntries(passed),
    "x-forwarded-for": before === undefined ? address : `${before}, ${address}`,
    via: "2.0 stand-in.cloudfront.net (CloudFront)",
    "x-amz-cf-id": id,
    ...added,
  };
}

/** Makes the headers that the viewer gets: those of the origin, and where the answer came from. */
export function towardsViewer(
  headers: OutgoingHttpHeaders,
  cache: string,
  requestId: string,
): OutgoingHttpHeaders {
  const passed = Object.entries(headers).filter(([name]) => !hopByHop.has(name));
  return {
    ...Object.fromEntries(passed),
    via: "1.1 stand-in.cloudfront.net (CloudFront)",
    "x-cache": `${cache} from cloudfront`,
    "x-amz-cf-id": requestId,
  };
}

/** Counts the bytes of a request or an answer without its body. */
export function headBytes(first: string, headers: IncomingHttpHeaders): number {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? ""].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return Buffer.byteLength(first + lines.join(""));
}
