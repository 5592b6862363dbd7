import "@tanstack/react-start/server-only";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { bareAnswer } from "~/lib/server/http/every-answer";
import { onNodeRequest } from "~/lib/server/http/node-requests";

/** The statuses of requests that Node's parser refuses, by the code of the error. All others are 400. */
const statuses: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

const prepared = new WeakSet<Server>();

/**
 * Gives the headers of every other answer to the answers that Node itself makes: to a request that cannot be parsed, or
 * that lacks a host. For the Node build, whose server nobody hands to the app.
 */
export function finishNodeAnswers(): void {
  onNodeRequest(({ server, request, response }) => {
    const { host, expect } = request.headers;
    if (!request.url?.startsWith("/") || host === undefined || expect !== undefined)
      response.setHeaders(new Headers(bareAnswer));
    if (prepared.has(server)) return;
    prepared.add(server);
    server.on("clientError", refuse);
  });
}

function refuse(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = statuses[error.code ?? ""] ?? "400 Bad Request";
  const headers = Object.entries(bareAnswer).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join("")}connection: close\r\ncontent-length: 0\r\n\r\n`);
}
