import type { Server, ServerResponse } from "node:http";
import { onNodeRequest } from "~/lib/server/http/node-requests";
import { bodySeconds, headersSeconds, lingerSeconds } from "~/lib/server/limits";

const bounded = new WeakSet<Server>();

/**
 * Ends connections that only take up room. For the Node build, whose server nobody hands to the app.
 *
 * Node looks at its own limits every 30 seconds, and would wait five minutes for a body. `bufferBody` refuses a slow body
 * earlier and in words, so Node's limit is for a request that nobody reads. A request whose answer has been sent may go on
 * sending for a moment, because a client that is cut off while it sends cannot read the answer.
 */
export function endSlowRequests(): void {
  onNodeRequest(({ server, response }) => {
    response.on("finish", endUnfinished);
    if (bounded.has(server)) return;
    bounded.add(server);
    server.headersTimeout = headersSeconds * 1000;
    server.requestTimeout = 2 * bodySeconds * 1000;
  });
}

function endUnfinished(this: ServerResponse): void {
  const { req: request } = this;
  if (request.complete) return;
  setTimeout(() => request.complete || request.socket.destroy(), lingerSeconds * 1000).unref();
}
