import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { connectToPostgres } from "./gateway/target.ts";

export type Gateway = AsyncDisposable & {
  /** For Neon's driver, e.g. `ws://127.0.0.1:5621/v1`. */
  url: string;
  /** Ends all connections. */
  close(): Promise<void>;
};

/**
 * A WebSocket-to-TCP gateway, which stands in for the one that Neon runs: its driver speaks the Postgres protocol inside
 * a WebSocket. It listens on 127.0.0.1 and forwards to the one server that `target` names, whatever address a client
 * asks for. With `sslmode` in `target` it speaks TLS to that server, by node-postgres's rules.
 *
 * @param options.target Postgres URL; only host, port and sslmode count
 * @param options.port this port and no other
 * @param options.preferredPorts without `port`: the first free one of these, or else any
 * @throws the server's error, EADDRINUSE when the port is taken
 */
export async function startGateway(options: {
  target: string;
  port?: number;
  preferredPorts?: Iterable<number>;
}): Promise<Gateway> {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((_request, response) => {
    response.writeHead(426, { connection: "close" }).end("This is a WebSocket gateway to Postgres.\n");
  });
  const targets = new Set<Duplex>();

  server.on("upgrade", (request, socket, head) => {
    const refusal = refuse(request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      forward(client, options.target, targets);
    });
  });

  await listen(server, options.port === undefined ? [...(options.preferredPorts ?? []), 0] : [options.port]);
  const { port } = server.address() as AddressInfo;

  const close = async () => {
    for (const client of sockets.clients) client.terminate();
    for (const target of targets) target.destroy();
    server.closeAllConnections();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  return { url: `ws://127.0.0.1:${port}/v1`, close, [Symbol.asyncDispose]: close };
}

async function listen(server: Server, ports: number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return;
    } catch (error) {
      if (index === ports.length - 1) throw error;
    }
  }
}

/** The status to answer with, when this is no request of Neon's driver in a server process. */
function refuse(request: IncomingMessage): number | undefined {
  // Any page that the person has open could reach a port of this machine; browsers always say where a page is from.
  if (request.headers.origin !== undefined) return 403;
  const path = (request.url ?? "").split("?", 1)[0];
  return path === "/v1" || path === "/v2" ? undefined : 404;
}

async function forward(client: WebSocket, url: string, targets: Set<Duplex>): Promise<void> {
  // What the client sends before the target is there waits in this stream.
  const stream = createWebSocketStream(client);
  stream.on("error", () => {});
  try {
    const target = await connectToPostgres(url);
    targets.add(target);
    // In both directions: data at the reader's pace, the end of one side as the end of the other, and errors.
    pipeline(stream, target, stream, () => {
      targets.delete(target);
      target.destroy();
    });
  } catch (error) {
    // 1011: the server met a condition that it did not expect. A reason may have 123 bytes.
    const reason = `Postgres: ${error instanceof Error ? error.message : error}`;
    client.close(1011, Buffer.from(reason).subarray(0, 123).toString("ascii"));
  }
}
