import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Starts a proxy before Electric that passes requests on or holds them.
 *
 * `silent` holds a request without an answer, as a long poll waits. `endless` writes an answer that never ends, because
 * Lambda's runtime notices only during a write that the client has gone.
 */
export async function startGate(target: string) {
  const server = createServer(async (request, response) => {
    if (gate.hold) {
      if (gate.hold === "endless") writeOn(response);
      server.emit("held", () => once(response, "close"));
      return;
    }
    const answer = await fetch(target + request.url);
    const headers = [...answer.headers].filter(
      ([name]) => name.startsWith("electric-") || name === "content-type",
    );
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const gate = {
    hold: undefined as "silent" | "endless" | undefined,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Waits for the next held request. Gives a function that waits for the end of the request. */
    held: async () => (await once(server, "held"))[0] as () => Promise<unknown>,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return gate;
}

export type Gate = Awaited<ReturnType<typeof startGate>>;

function writeOn(response: ServerResponse) {
  response.writeHead(200, { "content-type": "application/json" });
  const writing = setInterval(() => response.write("\n"), 50);
  response.on("close", () => clearInterval(writing));
}
