import { once } from "node:events";
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

/** What the wire does with the requests that reach it. */
export type WireState =
  | "smooth"
  /** Every connection is cut, and every new one too. */
  | "reset"
  /** Nothing is passed on and nothing is answered. */
  | "silent"
  /** Each request is passed on after up to a second. */
  | "slow"
  /** The server gets the request. The client gets half of the answer, with all headers. */
  | "truncated"
  /** The server gets the request. The client gets the answer's headers and no body. */
  | "bodiless"
  /** The server gets the request. The client gets status 200, no headers and no body. */
  | "empty"
  /** Something before the server answers with this status. */
  | 409
  | 429
  | 500;

/** A request that has arrived: who sent it, by the name in its `user-agent`, and when, in milliseconds. */
export interface Heard {
  readonly client: string;
  readonly at: number;
}

/**
 * Starts a wire between clients and a server that notes requests, and can fail in several ways.
 *
 * @param target gives the server's address. It is asked at each request, so the server may start after the wire
 */
export async function startFaultyWire(target: () => string) {
  const sockets = new Set<Socket>();
  let state: WireState = "smooth";
  let heard: Heard[] = [];

  const server = createServer((incoming, outgoing) => {
    heard.push({ client: incoming.headers["user-agent"] ?? "", at: performance.now() });
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    void carry(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (state === "reset") socket.resetAndDestroy();
  });

  async function carry(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    if (state === "silent") return;
    if (typeof state === "number") {
      outgoing.writeHead(state, { "content-type": "text/html" }).end("<h1>Oops</h1>");
      return;
    }
    if (state === "slow") await delay(Math.random() * 1_000);
    const { method, url, headers } = incoming;
    const { hostname, port } = new URL(target());
    const sent = ask({ hostname, port, method, path: url, headers, agent: false });
    outgoing.once("close", () => sent.destroy());
    sent.end(body);
    const [answer]: IncomingMessage[] = await once(sent, "response");
    if (!answer) return;
    answer.on("error", () => outgoing.destroy());
    if (state === "truncated" || state === "bodiless" || state === "empty") {
      const whole = await buffer(answer);
      if (state === "empty") return void outgoing.writeHead(200).end();
      const { "content-length": _, "transfer-encoding": __, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, kept);
      outgoing.end(state === "truncated" ? whole.subarray(0, whole.length / 2) : undefined);
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests that have arrived since the last call. */
    takeHeard(): Heard[] {
      const taken = heard;
      heard = [];
      return taken;
    },
    /** Changes how the wire is from now on. What is under way is cut, except before "slow". */
    turn(next: WireState): void {
      const before = state;
      state = next;
      if (next === "slow" || next === "silent" || before === "slow") return;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export type FaultyWire = Awaited<ReturnType<typeof startFaultyWire>>;
