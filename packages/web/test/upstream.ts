import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";

/**
 * Starts a server in Electric's place whose answers the test decides. `requests` holds the requests, oldest first.
 *
 * @param certificate makes the server speak TLS: a certificate for `localhost` and its key, in one text
 */
export async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { certificate }: { certificate?: string } = {},
) {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = certificate
    ? createSecureServer({ cert: certificate, key: certificate }, listener)
    : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return {
    url,
    requests,
    /** Waits for the next request. */
    next: async () => (await once(server, "request"))[0] as IncomingMessage,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
