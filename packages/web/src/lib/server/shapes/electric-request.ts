import type { AnswerHead } from "./answer-reader";
import { ElectricConnection, type RequestListener } from "./electric-connection";

/** Electric's answer to a request. */
export interface ElectricAnswer extends AnswerHead {
  /** Whole when the answer came in one piece, as small answers do, and otherwise as it comes. */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** Who asks Electric. One of the two methods is called, once. */
export interface ElectricAsker {
  /** What is asked: absolute, in ASCII, with the secret. Read again when the request has to be sent once more. */
  readonly address: string;
  /** The head of the answer has come. */
  onAnswer(answer: ElectricAnswer): void;
  /** No answer comes. The error is that of the connection, or the reason of {@link ElectricRequest.end}. */
  onFailure(error: Error): void;
}

/**
 * A request that is under way.
 *
 * The request tells its asker, and has no promise: a process holds tens of thousands of requests that wait, and whoever
 * awaits a promise keeps more memory than the request.
 */
export class ElectricRequest implements RequestListener {
  readonly #asker: ElectricAsker;
  readonly #etag: string | null;
  #connection: ElectricConnection | undefined;
  /** Whether the request is sent once more when its connection ends without an answer. */
  #maySendAgain = true;
  #isAnswered = false;
  #isOver = false;
  #hasFailed = false;
  /** What has come of the body until somebody can read. */
  #pieces: Buffer[] | undefined;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  /**
   * Sends the request.
   *
   * Electric closes idle connections without notice, and a request over such a connection fails without an answer. The
   * request is then sent once more, over a new connection.
   *
   * @param etag of the answer that the browser holds, for `if-none-match`
   */
  constructor(asker: ElectricAsker, etag: string | null) {
    this.#asker = asker;
    this.#etag = etag;
    this.#send(ElectricConnection.take);
  }

  /** Gives the request up, and ends the body of the answer with the reason. Has no effect when the answer is complete. */
  end(reason: Error): void {
    if (this.#isOver) return;
    this.#connection?.destroy();
    this.#fail(reason);
  }

  onHead(head: AnswerHead): void {
    this.#maySendAgain = false;
    // The end of a small answer often comes in the same turn as the head.
    setImmediate(() => this.#answer(head));
  }

  onBody(piece: Buffer): void {
    if (!this.#body) {
      this.#pieces ??= [];
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
    const sendsAgain = this.#maySendAgain;
    this.#maySendAgain = false;
    if (sendsAgain) this.#send(ElectricConnection.open);
    else this.#fail(error);
  }

  #send(connectTo: (origin: string) => ElectricConnection): void {
    const [, origin = "", host = "", path = ""] =
      /^(https?:\/\/([^/?#]+))(.*)$/.exec(this.#asker.address) ?? [];
    const conditional = this.#etag === null ? "" : `if-none-match: ${this.#etag}\r\n`;
    this.#connection = connectTo(origin);
    this.#connection.send(
      `GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: identity\r\n${conditional}\r\n`,
      this,
    );
  }

  #answer(head: AnswerHead): void {
    if (this.#hasFailed) return;
    this.#isAnswered = true;
    const pieces = this.#pieces ?? [];
    this.#pieces = undefined;
    const body = this.#isOver ? Buffer.concat(pieces) : this.#stream(pieces);
    this.#asker.onAnswer({ ...head, body });
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#hasFailed = true;
    this.#connection = undefined;
    if (this.#isAnswered) this.#body?.error(brokenOff(error));
    else this.#asker.onFailure(error);
  }

  #stream(pieces: readonly Buffer[]): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(piece);
        this.#body = controller;
      },
      pull: () => this.#connection?.resume(),
      cancel: () => this.end(new Error("nobody reads the answer")),
    });
  }
}

/** A request to Electric whose answer somebody awaits, as a first load. */
export class AwaitedRequest implements ElectricAsker {
  readonly address: string;
  readonly #settled = Promise.withResolvers<ElectricAnswer>();
  readonly #request: ElectricRequest;

  /** Sends the request. See {@link ElectricRequest}. */
  constructor(address: string, etag: string | null) {
    this.address = address;
    this.#request = new ElectricRequest(this, etag);
  }

  /** Resolves when the head of the answer has come. Rejects when no answer comes, and with the reason of {@link end}. */
  get answer(): Promise<ElectricAnswer> {
    return this.#settled.promise;
  }

  /** Gives the request up. See {@link ElectricRequest.end}. */
  end(reason: Error): void {
    this.#request.end(reason);
  }

  onAnswer(answer: ElectricAnswer): void {
    this.#settled.resolve(answer);
  }

  onFailure(error: Error): void {
    this.#settled.reject(error);
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
