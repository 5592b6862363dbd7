import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { loadLambda } from "../lambda.ts";

type Lambda = Awaited<ReturnType<typeof loadLambda>>;

/** After this time Lambda ends a function that still runs, in milliseconds: the timeout in `infra/web.ts`. */
const functionTimeout = 60_000;

/** The `host` that requests to the function carry. */
export const functionHost = "function.lambda-url.us-east-1.on.aws";

/** Starts the function URL of a loaded Lambda build: a server of HTTP/1.1 that calls the handler for each request. */
export async function startFunctionUrl(lambda: Lambda) {
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const sent = { method, headers: { ...flat(headers), "x-forwarded-proto": "https" } };
    const body = await text(request);
    const answer = await lambda.request(`https://${functionHost}${url}`, body ? { ...sent, body } : sent);
    const timer = setTimeout(() => response.destroy(), functionTimeout);
    response.once("close", () => {
      clearTimeout(timer);
      answer.body.destroy();
    });
    response.writeHead(answer.status, { ...answer.headers, "set-cookie": answer.cookies });
    // Lambda sends the head as soon as the function has written the head.
    response.flushHeaders();
    answer.body.pipe(response);
  });
  return listening(server);
}

async function listening(server: Server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(",")]),
  );
}
