import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { outsideRequests } from "~/lib/server/log/request-context";
import { type AnswerListener, AnswerReader } from "./answer-reader";

/** Is told what comes of a request. */
export interface RequestListener extends AnswerListener {
  /** The connection has ended before the answer was complete. Nothing else is told after that. */
  onFailure(error: Error): void;
}

/** How many connections to one origin are kept that serve no request. */
const mostIdle = 256;

/** How long before the announced end of an idle connection no request is sent over it any more, in milliseconds. */
const margin = 1_000;

/** The connections to one origin that serve no request. The one that was used last is the last. */
interface Pool {
  readonly origin: string;
  readonly idle: ElectricConnection[];
}

const pools = new Map<string, Pool>();

function poolOf(origin: string): Pool {
  const pool = pools.get(origin) ?? { origin, idle: [] };
  pools.set(origin, pool);
  return pool;
}

/** The newest TLS session of each origin, which makes the next handshake shorter. */
const sessions = new Map<string, Buffer>();

/**
 * A connection to Electric, which serves one request of HTTP/1.1 after the other.
 *
 * A process holds tens of thousands of these, each for a live poll that mostly waits. Node's own client takes 34 KB for a
 * waiting request and its connection; a bare socket takes a quarter of that.
 */
export class ElectricConnection {
  readonly #pool: Pool;
  readonly #socket: Socket;
  #listener: RequestListener | undefined;
  #reader: AnswerReader | undefined;
  /** Until when Electric has said that it keeps the connection, by `performance.now()`. */
  #keptUntil = Number.POSITIVE_INFINITY;

  private constructor(pool: Pool) {
    this.#pool = pool;
    this.#socket = connectTo(pool.origin);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (piece) => this.#read(piece));
    this.#socket.on("error", readOnClose);
    this.#socket.on("close", () => this.#closed());
  }

  /** Opens a connection. Whether the connection comes about, the first request hears. */
  static open(origin: string): ElectricConnection {
    return outsideRequests(() => new ElectricConnection(poolOf(origin)));
  }

  /** Takes a connection that serves no request, or opens one. */
  static take(origin: string): ElectricConnection {
    const { idle } = poolOf(origin);
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.#keptUntil > performance.now()) {
        last.#socket.ref();
        return last;
      }
      last.destroy();
    }
    return ElectricConnection.open(origin);
  }

  /** Sends a request without a body. */
  send(head: string, listener: RequestListener): void {
    this.#listener = listener;
    this.#socket.write(head, "latin1");
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection. The listener of a request that is under way is not told. */
  destroy(): void {
    this.#listener = undefined;
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    if (!this.#listener) {
      this.destroy();
      return;
    }
    this.#reader ??= new AnswerReader({
      onHead: (head) => {
        this.#keptUntil = keptUntil(head.headers["keep-alive"]);
        this.#listener?.onHead(head);
      },
      onBody: (body) => this.#listener?.onBody(body),
      onEnd: () => this.#listener?.onEnd(),
    });
    try {
      this.#reader.read(piece);
    } catch (error) {
      this.#socket.destroy(error as Error);
      return;
    }
    if (this.#reader.freesConnection) this.#rest();
    else if (this.#reader.isOver) this.destroy();
  }

  /** Keeps the connection for the next request. */
  #rest(): void {
    this.#listener = undefined;
    this.#reader = undefined;
    const { idle } = this.#pool;
    if (idle.length >= mostIdle) {
      this.destroy();
      return;
    }
    this.#socket.resume();
    // A connection without a request does not keep the process alive.
    this.#socket.unref();
    idle.push(this);
  }

  #closed(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    const { errored } = this.#socket;
    if (!errored) this.#reader?.close();
    const { idle } = this.#pool;
    const place = idle.indexOf(this);
    if (place >= 0) idle.splice(place, 1);
    if (!this.#reader?.isOver) listener?.onFailure(errored ?? new Error("the connection has ended"));
  }
}

/** The socket keeps its error until the event "close". An error without a listener would end the process. */
function readOnClose(): void {}

function connectTo(origin: string): Socket {
  const { protocol, hostname, port } = new URL(origin);
  // A URL has brackets around an IPv6 address.
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol !== "https:") return connect({ host, port: Number(port || 80) });
  const session = sessions.get(origin);
  const socket = connectSecurely({
    host,
    port: Number(port || 443),
    ALPNProtocols: ["http/1.1"],
    ...(isIP(host) === 0 && { servername: host }),
    ...(session && { session }),
  });
  return socket.on("session", (newest) => sessions.set(origin, newest));
}

/** Reads how long the connection is kept, such as `timeout=60`. */
function keptUntil(header: string | undefined): number {
  const [, seconds] = /timeout=(\d+)/i.exec(header ?? "") ?? [];
  return seconds === undefined
    ? Number.POSITIVE_INFINITY
    : performance.now() + Number(seconds) * 1000 - margin;
}
