import { connect, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

/** A long-polling client with as little of its own as can be: it asks again as soon as it is answered. */
export class LiveClient {
  readonly #host: string;
  readonly #port: number;
  readonly #path: string;
  readonly #answered: (body: string) => void;
  #socket: Socket | null = null;
  #received = "";
  #handle = "";
  #offset = "-1";
  #upToDate = false;
  #stopped = false;

  /** `path` names the shape. `answered` is called with the body of each live answer. */
  constructor(url: string, path: string, answered: (body: string) => void) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
    this.#path = path;
    this.#answered = answered;
  }

  /** Reads up to the end of the log; `waits` is called at each live request that has been sent. */
  start(waits: () => void): void {
    this.#connect(waits);
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.destroy();
  }

  #connect(waits: () => void): void {
    if (this.#stopped) return;
    const socket = connect(this.#port, this.#host);
    this.#socket = socket;
    this.#received = "";
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("connect", () => this.#ask(waits));
    socket.on("data", (part: string) => this.#read(part, waits));
    socket.on("error", () => {});
    socket.on("close", () => this.#connect(waits));
  }

  #ask(waits: () => void): void {
    const place = this.#offset === "-1" ? "" : `&handle=${this.#handle}`;
    const live = this.#upToDate ? "&live=true" : "";
    this.#socket?.write(
      `GET ${this.#path}&offset=${this.#offset}${place}${live} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    if (this.#upToDate) waits();
  }

  #read(part: string, waits: () => void): void {
    this.#received += part;
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(field(head, "content-length"));
    if (this.#received.length < end + HEAD_END.length + length) return;
    const body = this.#received.slice(end + HEAD_END.length);
    this.#received = "";
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(head + body);
    const wasLive = this.#upToDate;
    this.#handle = field(head, "electric-handle");
    this.#offset = field(head, "electric-offset");
    this.#upToDate = head.toLowerCase().includes("\r\nelectric-up-to-date:");
    if (wasLive) this.#answered(body);
    if (/\r\nconnection: close/i.test(head)) this.#socket?.end();
    else this.#ask(waits);
  }
}

function field(head: string, name: string): string {
  return new RegExp(`\\r\\n${name}: ([^\\r]*)`, "i").exec(head)?.[1] ?? "";
}
