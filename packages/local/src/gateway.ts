import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { connectToPostgres } from "./gateway/target.ts";
import { listenOnFirst } from "./listen.ts";

export interface Gateway extends AsyncDisposable {
  /** The address for Neon's driver, such as `ws://127.0.0.1:5621/v1`. */
  url: string;
  /** From now on the gateway does not keep this process alive. Its open connections do, until they end. */
  unref(): void;
  /** Ends all connections and closes the server. */
  close(): Promise<void>;
}

/**
 * Starts a gateway from WebSockets to Postgres. Neon's driver speaks the Postgres protocol inside a WebSocket, and this
 * gateway stands in for the one that Neon runs.
 *
 * The gateway listens on 127.0.0.1. Every client reaches the one server of `target`, whatever address the client asks
 * for. When `target` has an sslmode, the gateway speaks TLS to that server, by the rules of node-postgres.
 *
 * @param options.target Postgres URL, of which the gateway reads host, port and sslmode
 * @param options.port the port to listen on
 * @param options.preferredPorts without `port`, the gateway takes the first free one of these ports, or else any
 * @throws the server's error, such as EADDRINUSE when `port` is taken
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

  const ports = options.port === undefined ? [...(options.preferredPorts ?? []), 0] : [options.port];
  const port = await listenOnFirst(server, ports);

  const close = async () => {
    for (const client of sockets.clients) client.terminate();
    for (const target of targets) target.destroy();
    server.closeAllConnections();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  const unref = () => void server.unref();
  return { url: `ws://127.0.0.1:${port}/v1`, unref, close, [Symbol.asyncDispose]: close };
}

/** The status of the refusal; undefined for a request that Neon's driver makes from a server process. */
function refuse(request: IncomingMessage): number | undefined {
  // Any web page that is open on this machine could connect to this port. Browsers always send the page's origin along.
  if (request.headers.origin !== undefined) return 403;
  const path = (request.url ?? "").split("?", 1)[0];
  return path === "/v1" || path === "/v2" ? undefined : 404;
}

async function forward(client: WebSocket, url: string, targets: Set<Duplex>): Promise<void> {
  // The stream holds back what the client sends until the target is connected.
  const stream = createWebSocketStream(client);
  stream.on("error", () => {});
  try {
    const target = await connectToPostgres(url);
    targets.add(target);
    // Each side receives data at its own pace. When one side ends or fails, the other side ends as well.
    pipeline(stream, target, stream, () => {
      targets.delete(target);
      target.destroy();
    });
  } catch (error) {
    // Code 1011 says that the server met an unexpected condition. A close reason may have 123 bytes.
    const reason = `Postgres: ${error instanceof Error ? error.message : error}`;
    client.close(1011, Buffer.from(reason).subarray(0, 123).toString("ascii"));
  }
}
