import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { type Fate, fateOfRead, fateOfWrite, smooth } from "./faults";
import type { Random } from "./random";

/** What is asked of the server, apart from the connection on which it is asked. */
interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/**
 * Everything between the browsers and the server: it delays requests and answers, loses them, repeats them, and so brings
 * them in another order.
 */
export class Wire {
  readonly counts = { requests: 0, pushes: 0, faulty: 0, repeated: 0 };
  readonly #server = createServer((incoming, outgoing) => void this.#take(incoming, outgoing));
  readonly #sockets = new Set<Socket>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #random: Random;
  readonly #pace: number;
  readonly #target: URL;
  #state: "faulty" | "network-gone" | "server-gone" | "smooth" = "faulty";

  /** @param pace by which times are multiplied, so that 30 s need not be waited for */
  constructor(target: string, random: Random, pace: number) {
    this.#target = new URL(target);
    this.#random = random;
    this.#pace = pace;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** @param port where browsers find the wire, by default any free port */
  async open(port = 0): Promise<string> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Changes how the wire is from now on. When something goes, everything that is under way is cut. */
  turn(state: "faulty" | "network-gone" | "server-gone" | "smooth"): void {
    this.#state = state;
    if (state === "network-gone" || state === "server-gone")
      for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when no write is on its way any more. */
  async drained(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.on("error", () => {});
    incoming.on("error", () => {});
    const { url: path = "/", method = "GET", headers } = incoming;
    const body = await buffer(incoming).catch(() => undefined);
    if (!body) return;
    this.counts.requests++;
    const isWrite = path.startsWith("/api/trpc");
    if (this.#state === "network-gone") return void outgoing.destroy();
    if (this.#state === "server-gone") return refuse(outgoing);
    if (isWrite) this.counts.pushes++;
    // Pages and their scripts are no part of the model. A browser could not even show a page without them.
    const fate = path.startsWith("/api/") ? this.#fate(isWrite) : smooth;
    const carried = this.#carry({ path, method, headers, body }, fate, outgoing, isWrite).catch(() => {
      outgoing.destroy();
    });
    if (!isWrite) return;
    this.#underWay.add(carried);
    void carried.finally(() => this.#underWay.delete(carried));
  }

  #fate(isWrite: boolean): Fate {
    const fate = (isWrite ? fateOfWrite : fateOfRead)(this.#random, this.#pace);
    if (this.#state === "smooth") return smooth;
    if (fate.requestDelay + fate.answerDelay > 0 || fate.ending !== "answered") this.counts.faulty++;
    return fate;
  }

  async #carry(asked: Asked, fate: Fate, outgoing: ServerResponse, isWrite: boolean): Promise<void> {
    await pause(fate.requestDelay);
    if (fate.ending === "gateway") return refuse(outgoing);
    if (fate.ending === "request-lost") return void outgoing.destroy();
    // What has left the page is no longer in its hands. Only who reads is seen to leave.
    if (!isWrite && outgoing.destroyed) return;
    const gone = new AbortController();
    if (!isWrite) outgoing.once("close", () => gone.abort());
    const repeated = this.#repeat(asked, fate);
    const answer = await this.#ask(asked, gone.signal);
    answer.on("error", () => outgoing.destroy());
    if (isWrite) {
      const body = await buffer(answer);
      await pause(fate.answerDelay);
      if (fate.ending === "answer-lost") outgoing.destroy();
      else outgoing.writeHead(answer.statusCode ?? 502, headersOf(answer)).end(body);
    } else if (fate.ending === "answer-lost") outgoing.destroy();
    else answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, headersOf(answer)));
    await repeated;
  }

  async #repeat(asked: Asked, { repeatAfter }: Fate): Promise<void> {
    if (repeatAfter === undefined) return;
    this.counts.repeated++;
    await pause(repeatAfter);
    await this.#ask(asked, new AbortController().signal)
      .then(buffer)
      .catch(() => {});
  }

  #ask({ path, method, headers, body }: Asked, signal: AbortSignal): Promise<IncomingMessage> {
    const { hostname, port } = this.#target;
    const { connection: _, "transfer-encoding": __, ...kept } = headers;
    return new Promise((resolve, reject) => {
      httpRequest({ hostname, port, path, method, headers: kept, signal }, resolve)
        .on("error", reject)
        .end(body);
    });
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...kept } = headers;
  return kept;
}

/** What a gateway answers for a server that it does not reach. */
function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(503, { "content-type": "text/html" }).end("<h1>Service Unavailable</h1>");
}
