import { subscribe } from "node:diagnostics_channel";
import { type IncomingMessage, Server, ServerResponse } from "node:http";

/** What Node says at the start of a request. */
interface RequestStart {
  server: Server;
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Calls the listener at the start of each request that a server of this process gets, before anything has answered. This
 * is the only way to the server of the Node build, which the framework starts.
 */
export function onNodeRequest(listener: (start: RequestStart) => void): void {
  subscribe("http.server.request.start", (message) => {
    if (isStart(message)) listener(message);
  });
}

/** See https://nodejs.org/api/diagnostics_channel.html#http. */
function isStart(message: unknown): message is RequestStart {
  return (
    typeof message === "object" &&
    message !== null &&
    "server" in message &&
    message.server instanceof Server &&
    "response" in message &&
    message.response instanceof ServerResponse
  );
}
