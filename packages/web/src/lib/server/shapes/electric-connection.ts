import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
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

/** The connections that serve no request, by origin. The one that was used last is the last. */
const idle = new Map<string, ElectricConnection[]>();

/** The newest TLS session of each origin, which makes the next handshake shorter. */
const sessions = new Map<string, Buffer>();

/**
 * A connection to Electric, which serves one request of HTTP/1.1 after the other.
 *
 * A process holds tens of thousands of these, each for a live poll that mostly waits. Node's own client takes 34 KB for a
 * waiting request and its connection; a bare socket takes a quarter of that.
 */
export class ElectricConnection {
  readonly #origin: string;
  readonly #socket: Socket;
  #listener: RequestListener | undefined;
  #reader: AnswerReader | undefined;
  #error: Error | undefined;
  /** Until when Electric has said that it keeps the connection, by `performance.now()`. */
  #keptUntil = Number.POSITIVE_INFINITY;

  private constructor(origin: string) {
    this.#origin = origin;
    this.#socket = connectTo(origin);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (piece) => this.#read(piece));
    this.#socket.on("end", () => this.#reader?.close());
    this.#socket.on("error", (error) => {
      this.#error = error;
    });
    this.#socket.on("close", () => this.#closed());
  }

  /** Opens a connection. Whether the connection comes about, the first request hears. */
  static open(origin: string): ElectricConnection {
    return new ElectricConnection(origin);
  }

  /** Takes a connection that serves no request, or opens one. */
  static take(origin: string): ElectricConnection {
    const free = idle.get(origin) ?? [];
    for (let last = free.pop(); last; last = free.pop()) {
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
    const free = idle.get(this.#origin) ?? [];
    idle.set(this.#origin, free);
    if (free.length >= mostIdle) {
      this.destroy();
      return;
    }
    this.#socket.resume();
    // A connection without a request does not keep the process alive.
    this.#socket.unref();
    free.push(this);
  }

  #closed(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    const free = idle.get(this.#origin) ?? [];
    const place = free.indexOf(this);
    if (place >= 0) free.splice(place, 1);
    if (!this.#reader?.isOver) listener?.onFailure(this.#error ?? new Error("the connection has ended"));
  }
}

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
