import type { AnswerHead } from "./answer-reader";
import { ElectricConnection, type RequestListener } from "./electric-connection";

/** Electric's answer to a request. */
export interface ElectricAnswer extends AnswerHead {
  /** Whole when the answer came in one piece, as small answers do, and otherwise as it comes. */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** A request that is under way. */
export class ElectricRequest implements RequestListener {
  readonly #origin: string;
  readonly #settled = Promise.withResolvers<ElectricAnswer>();
  /** What is sent once more when a connection ends without an answer. Undefined when that has happened. */
  #request: string | undefined;
  #connection: ElectricConnection | undefined;
  /** What has come of the body until somebody can read. */
  #pieces: Buffer[] = [];
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isOver = false;
  #failure: Error | undefined;

  /**
   * Sends the request.
   *
   * Electric closes idle connections without notice, and a request over such a connection fails without an answer. The
   * request is then sent once more, over a new connection.
   *
   * @param url absolute, in ASCII
   * @param etag of the answer that the browser holds, for `if-none-match`
   */
  constructor(url: string, etag: string | null) {
    const [, origin = "", host = "", path = ""] = /^(https?:\/\/([^/?#]+))(.*)$/.exec(url) ?? [];
    this.#origin = origin;
    const conditional = etag === null ? "" : `if-none-match: ${etag}\r\n`;
    this.#request = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: identity\r\n${conditional}\r\n`;
    this.#send(ElectricConnection.take(origin), this.#request);
  }

  /** Resolves when the head of the answer has come. Rejects when no answer comes, and with the reason of {@link end}. */
  get answer(): Promise<ElectricAnswer> {
    return this.#settled.promise;
  }

  /** Gives the request up, and ends the body of the answer with the reason. Has no effect when the answer is complete. */
  end(reason: Error): void {
    if (this.#isOver) return;
    this.#connection?.destroy();
    this.#fail(reason);
  }

  onHead(head: AnswerHead): void {
    this.#request = undefined;
    // The end of a small answer often comes in the same turn as the head.
    setImmediate(() => this.#settle(head));
  }

  onBody(piece: Buffer): void {
    if (!this.#body) {
      this.#pieces.push(piece);
      return;
    }
    this.#body.enqueue(piece);
    if ((this.#body.desiredSize ?? 0) <= 0) this.#connection?.pause();
  }

  onEnd(): void {
    this.#isOver = true;
    this.#connection = undefined;
    this.#body?.close();
  }

  onFailure(error: Error): void {
    const request = this.#request;
    this.#request = undefined;
    if (request === undefined) this.#fail(error);
    else this.#send(ElectricConnection.open(this.#origin), request);
  }

  #send(connection: ElectricConnection, request: string): void {
    this.#connection = connection;
    connection.send(request, this);
  }

  #settle(head: AnswerHead): void {
    const body = this.#isOver && !this.#failure ? Buffer.concat(this.#pieces) : this.#stream();
    this.#pieces = [];
    this.#settled.resolve({ ...head, body });
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#failure = error;
    this.#connection = undefined;
    this.#settled.reject(error);
    this.#body?.error(brokenOff(error));
  }

  #stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const piece of this.#pieces) controller.enqueue(piece);
        if (this.#failure) controller.error(brokenOff(this.#failure));
        else this.#body = controller;
      },
      pull: () => this.#connection?.resume(),
      cancel: () => this.end(new Error("nobody reads the answer")),
    });
  }
}

/** Returns the system's error code, such as ECONNREFUSED. A message could hold the URL, and so the secret. */
export function causeOf(error: unknown): string {
  if (error instanceof Error) return "code" in error ? String(error.code) : error.name;
  return "unknown";
}

function brokenOff(error: Error): Error {
  return new Error(`shape: Electric's answer broke off (${causeOf(error)})`);
}
