import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Stands before Electric: passes requests on, or holds them.
 *
 * `silent` is a long poll that waits. `endless` is an answer that goes on and on: Lambda's runtime tells of a client
 * that has gone only when something is written.
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
    /** The next request that is held, as a function that waits for its end. */
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
