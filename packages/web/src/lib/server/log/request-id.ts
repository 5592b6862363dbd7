import { randomUUID } from "node:crypto";

/** The header that carries a request's id, in the answer and from CloudFront. */
export const requestIdHeader = "x-request-id";

/**
 * Gives a request its id. On Lambda, CloudFront's function sets the header and overwrites what the client sent, so the id
 * is CloudFront's and leads to CloudFront's own log. Elsewhere a client could send any id, so the server makes one.
 *
 * @param trusted whether the header is believed
 */
export function requestId(
  headers: Pick<Headers, "get">,
  trusted = import.meta.env.TRACER_BUILD === "lambda",
): string {
  const sent = trusted ? headers.get(requestIdHeader) : null;
  return sent !== null && /^[\w=-]{8,128}$/.test(sent) ? sent : randomUUID();
}
