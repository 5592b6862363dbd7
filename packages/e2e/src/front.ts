import { once } from "node:events";
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** After how long lines that are still held count as held together, in milliseconds: one that is let go takes a moment. */
const letGoTime = 500;

/** Headers that speak of one connection, and so are not passed on. */
const hopByHop = ["connection", "keep-alive", "transfer-encoding"];

/**
 * Starts a proxy between browsers and the app's server that counts what the browsers hold: connections, and requests that
 * wait for their answer. Sockets of Vite's page updates are passed on and not counted.
 *
 * @param port where browsers find the app
 * @param target the port of the app's server
 */
export async function startFront(port: number, target: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const sockets = new Set<Socket>();
  const updates = new Set<Duplex>();
  const held = new Set<string>();
  const peak = { connections: 0, lines: 0, polls: 0 };
  let closedBytes = 0;
  let count = 0;

  const server = createServer((request, response) => {
    const path = `${request.method} ${request.url} #${++count}`;
    held.add(path);
    const countLines = () => {
      peak.lines = Math.max(peak.lines, linesIn(held));
    };
    if (isLine(path)) setTimeout(countLines, letGoTime).unref();
    peak.polls = Math.max(peak.polls, pollsIn(held));
    response.once("close", () => held.delete(path));
    passOn(request, response, { port: target, agent });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    peak.connections = Math.max(peak.connections, sockets.size);
    socket.once("close", () => {
      sockets.delete(socket);
      closedBytes += bytesOf(socket);
    });
  });
  server.on("upgrade", (request, socket: Socket, head) => {
    sockets.delete(socket);
    updates.add(socket);
    tunnel(request, socket, head, target);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    /** How many connections browsers have open now. */
    connections: () => sockets.size,
    /** The requests that wait for their answer, or for the end of it, as `POST /api/line #7`. */
    held: () => [...held],
    /** The most that there were at one moment: connections, lines that lasted, and live polls beside the lines. */
    peak,
    /** How many bytes have gone over the connections, both ways, all headers included. */
    bytes: () => closedBytes + [...sockets].reduce((sum, socket) => sum + bytesOf(socket), 0),
    async [Symbol.asyncDispose]() {
      for (const socket of updates) socket.destroy();
      server.closeAllConnections();
      agent.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

export type Front = Awaited<ReturnType<typeof startFront>>;

function linesIn(held: Set<string>): number {
  return [...held].filter(isLine).length;
}

function isLine(path: string): boolean {
  return path.startsWith("POST /api/line ");
}

function pollsIn(held: Set<string>): number {
  return [...held].filter((path) => path.includes("live=true")).length;
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten;
}

function passOn(request: IncomingMessage, response: ServerResponse, to: { port: number; agent: Agent }) {
  const { method, url, headers } = request;
  const passed = ask({ ...to, host: "127.0.0.1", method, path: url, headers }, (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !hopByHop.includes(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  passed.on("error", () => response.destroy());
  response.once("close", () => passed.destroy());
  request.pipe(passed);
}

function tunnel(request: IncomingMessage, socket: Socket, head: Buffer, port: number) {
  const upstream = connect(port, "127.0.0.1", () => {
    const headers = request.rawHeaders.map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `));
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on("error", () => socket.destroy());
  socket.on("error", () => upstream.destroy());
  socket.on("close", () => upstream.destroy());
}
