import { retryAfterOf } from "~/lib/sync/backoff";
import { messageOf } from "~/lib/sync/refusal-message";
import {
  type Answer,
  type Frame,
  type LineRequest,
  linePath,
  nextPoll,
  placeOf,
  silenceSeconds,
} from "~/lib/wire/line";
import { userHeader } from "~/lib/wire/user-header";

/** Why a connection is over. */
export type LineEnd =
  /** The server has closed the line in good order, as the server regularly does. */
  | { kind: "over" }
  /** The server has closed the line, because a newer line with the same id of a browser was opened. */
  | { kind: "replaced" }
  /** The server has refused the line. `retryAfter` is the wait that the server asked for, in milliseconds. */
  | { kind: "refused"; status: number; message?: string; retryAfter: number }
  /** The server could not be reached, the connection broke, or the server was silent for too long. */
  | { kind: "lost" };

interface LineListener {
  /** Data has arrived, so the server is alive. */
  heard: () => void;
  /** The server has answered the poll that waited at this place. */
  answered: (place: string, answer: Answer) => void;
  ended: (end: LineEnd) => void;
}

/** One request that carries live polls to the server. The constructor sends the request. */
export class LineConnection {
  /** The polls that the server asks now, in the order of the request. Undefined where the server asks no more. */
  readonly #polls: (string | undefined)[];
  readonly #listener: LineListener;
  readonly #abort = new AbortController();
  #silence: ReturnType<typeof setTimeout> | undefined;
  #alive = false;
  #replaced = false;
  #closed = false;

  constructor(userId: string, request: LineRequest, listener: LineListener) {
    this.#polls = [...request.polls];
    this.#listener = listener;
    void this.#run(userId, request);
  }

  /** The polls whose answers the server waits for now. */
  get polls(): string[] {
    return this.#polls.filter((poll) => poll !== undefined);
  }

  waitsAt(place: string): boolean {
    return this.polls.some((poll) => placeOf(poll) === place);
  }

  /** Ends the request. The listener is not called any more. */
  close(): void {
    this.#closed = true;
    this.#abort.abort();
    clearTimeout(this.#silence);
  }

  async #run(userId: string, request: LineRequest): Promise<void> {
    const end = await this.#read(userId, request).catch((): LineEnd => ({ kind: "lost" }));
    clearTimeout(this.#silence);
    this.#abort.abort();
    if (!this.#closed) this.#listener.ended(end);
    this.#closed = true;
  }

  async #read(userId: string, request: LineRequest): Promise<LineEnd> {
    this.#expectLife();
    const response = await fetch(new URL(linePath, location.origin), {
      method: "POST",
      headers: { "content-type": "application/json", [userHeader]: userId },
      body: JSON.stringify(request),
      signal: this.#abort.signal,
    });
    if (!response.ok || !response.body) return refusedBy(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      this.#expectLife();
      this.#alive = true;
      if (!this.#closed) this.#listener.heard();
      const lines = (text + next.value).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line));
    }
    if (this.#replaced) return { kind: "replaced" };
    // A line begins with a sign of life. An answer without one was no line, but perhaps an empty answer of a proxy.
    return { kind: this.#alive ? "over" : "lost" };
  }

  #take(frame: Frame): void {
    if ("replaced" in frame) this.#replaced = true;
    if (this.#closed || !("poll" in frame)) return;
    const { poll: index, ...answer } = frame;
    const poll = this.#polls[index];
    if (poll === undefined) return;
    this.#polls[index] = nextPoll(poll, answer);
    this.#listener.answered(placeOf(poll), answer);
  }

  /** Ends the request unless data arrives in time: a connection can break without an error. */
  #expectLife(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#abort.abort(), silenceSeconds * 1000);
  }
}

async function refusedBy(response: Response): Promise<LineEnd> {
  const message = await messageOf(response);
  return { kind: "refused", status: response.status, message, retryAfter: retryAfterOf(response.headers) };
}
