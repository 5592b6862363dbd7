import type { IncomingMessage, ServerResponse } from "node:http";

/** Headers of an answer, in lower case. */
export type Headers = Record<string, string>;

const EXPOSED = [
  "electric-cursor",
  "electric-handle",
  "electric-has-data",
  "electric-offset",
  "electric-schema",
  "electric-up-to-date",
  "electric-internal-known-error",
  "retry-after",
].join(",");

export const JSON_TYPE = "application/json; charset=utf-8";
/** What Electric's web framework says where nothing else is said. */
export const PRIVATE = "max-age=0, private, must-revalidate";

/** Headers that let browsers read answers from any origin. */
export function corsHeaders(request: IncomingMessage, methods: string): Headers {
  return {
    "access-control-allow-origin": request.headers.origin ?? "*",
    "access-control-allow-methods": methods,
    "access-control-expose-headers": EXPOSED,
  };
}

export const SHAPE_METHODS = "GET, POST, HEAD, DELETE, OPTIONS";
export const OTHER_METHODS = "GET, HEAD";

/** Sends a whole answer. Nothing happens when the client has gone. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: Buffer | string,
): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(body);
  // a 304 describes a body that it does not have
  const described = status === 304 ? {} : { "content-length": String(length) };
  response.writeHead(status, { ...headers, ...described });
  response.end(status === 304 ? undefined : body);
}

/** How long an error may be kept. Answers to other methods than GET and HEAD are never cached. */
function errorCaching(request: IncomingMessage): Headers {
  if (!isCacheable(request)) return { "cache-control": "no-cache" };
  return { "cache-control": "no-store", "surrogate-control": "no-store" };
}

export function isCacheable(request: IncomingMessage): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  answer: unknown,
  more: Headers = {},
): void {
  const headers = {
    ...corsHeaders(request, SHAPE_METHODS),
    vary: "accept-encoding",
    "content-type": JSON_TYPE,
    ...errorCaching(request),
    ...more,
  };
  send(response, status, headers, JSON.stringify(answer));
}
