import type { IncomingMessage, ServerResponse } from "node:http";
import { errorCaching } from "./caching.ts";
import { type Headers, shapeHeaders } from "./headers.ts";

/** Sends a whole answer. Does nothing when the client has gone, or has an answer already. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: Buffer | string,
): void {
  if (response.headersSent || response.destroyed) return;
  // An answer of 304 has no body, and says nothing about the length of the body that it stands for.
  const hasBody = status !== 304;
  const length = hasBody ? { "content-length": String(Buffer.byteLength(body)) } : {};
  response.writeHead(status, { ...headers, ...length });
  response.end(hasBody ? body : undefined);
}

/**
 * Answers a request for a shape with an error.
 *
 * @param answer the body, which is sent as JSON.
 * @param more further headers, which come before the usual ones.
 */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  answer: unknown,
  more: Headers = {},
): void {
  const headers = { ...shapeHeaders(request), ...errorCaching(request), ...more };
  send(response, status, headers, JSON.stringify(answer));
}

/** Refuses a request that cannot be read, without a body or headers, and closes the connection. */
export function refuse(response: ServerResponse, status: number): void {
  send(response, status, { connection: "close" }, "");
}
