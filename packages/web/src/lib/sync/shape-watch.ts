import { FetchError } from "@electric-sql/client";
import { sessionEnded, sessionStillOf } from "~/lib/session/session-end";
import { backoff, retryAfterOf } from "~/lib/sync/backoff";
import type { Line } from "~/lib/sync/line/line";
import type { LineHealth } from "~/lib/sync/line/line-message";
import { withNullableElements } from "~/lib/sync/nullable-elements";
import { aborted, pause } from "~/lib/sync/pause";
import { plainRequest } from "~/lib/sync/plain-request";
import { withinElectricsTimes } from "~/lib/sync/subset-times";
import type { ShapeReport, SyncState } from "~/lib/sync/sync-report";
import { silenceSeconds } from "~/lib/wire/line";

/** After how long without a first answer a person is told that something is wrong, in milliseconds. */
const patience = 15_000;

/** For how long what was heard of last counts as alive, in milliseconds. */
const aliveFor = (silenceSeconds + 5) * 1000;

/** The longest wait before a request is sent again that the server has not asked for, in milliseconds. */
const longest = 4_000;

/** How long a stream that was refused waits before it asks again by itself, in milliseconds. */
const refusedPause = 60_000;

/** What the watch of one shape has in common with those of the user's other shapes. */
interface Common {
  readonly userId: string;
  readonly line: Line;
  readonly signal: AbortSignal;
}

/**
 * Stands between Electric's client and the network for one shape, and says how its sync is doing: the collection tells
 * nothing about its stream. Live polls go over the line that all shapes share; everything else is a request of its own.
 */
export class ShapeWatch {
  readonly name: string;
  readonly #common: Common;
  readonly #changed: () => void;
  #state: SyncState | undefined;
  #message: string | undefined;
  /** The columns in which something could not be read. */
  readonly #unreadable = new Set<string>();
  #retry = new AbortController();
  #heard = 0;
  /** A request for this shape has failed, so that only one that succeeds says that all is well. */
  #failed = false;
  /** A poll of this shape waits on the line. */
  #onTheLine = false;
  #lineDown = false;
  #sessionChecked = false;

  constructor(name: string, common: Common, changed: () => void) {
    this.name = name;
    this.#common = common;
    this.#changed = changed;
  }

  /** Undefined while the shape is not asked for. */
  report(): ShapeReport | undefined {
    if (this.#state === undefined) return undefined;
    const message = this.#message ?? this.#unreadableMessage();
    return { name: this.name, state: this.#state, ...(message !== undefined && { message }) };
  }

  /** A value has arrived that the page cannot read. Said once for each column. */
  unreadable(id: string, column: string, text: string): void {
    if (this.#unreadable.has(column)) return;
    this.#unreadable.add(column);
    console.error(`sync: ${this.name}: "${column}" of row ${id} cannot be read: ${text}`);
    this.#changed();
  }

  /** True when the shape counts as live, but has not been heard of for too long. */
  isSilent(): boolean {
    return this.#state === "live" && performance.now() - this.#heard > aliveFor;
  }

  /** The collection is at rest: nobody asks for the shape any more. */
  rest(): void {
    this.#state = undefined;
    this.#message = undefined;
    this.#unreadable.clear();
    this.#changed();
  }

  /** Asks again at once: ends waits, and requests that may hang on a connection that is gone. */
  retry(): void {
    const last = this.#retry;
    this.#retry = new AbortController();
    last.abort();
  }

  /** What is under way is taken for dead. */
  giveUp(): void {
    this.fail("Nothing has been heard of the server for a while. Asking again.");
    this.retry();
  }

  fail(message = "The server cannot be reached. Trying again."): void {
    if (this.#state === undefined) return;
    this.#failed = true;
    this.#setTrouble(message);
  }

  onLine(health: LineHealth): void {
    if (!this.#onTheLine) return;
    if (health.state === "up") {
      this.#heard = performance.now();
      if (this.#lineDown && !this.#failed) this.#set("live");
      this.#lineDown = false;
    } else if (health.state === "down") {
      this.#lineDown = true;
      this.#setTrouble(health.message);
    }
  }

  /**
   * `fetch` for Electric's client. While the server cannot be reached or cannot serve, it goes on trying: the client
   * would too, but out of reach of `retry()`.
   */
  readonly fetch: typeof fetch = async (asked, init) => {
    const input = withinElectricsTimes(asked);
    if (this.#state === undefined) this.#begin();
    for (let failures = 0; ; failures++) {
      const retry = this.#retry.signal;
      const signal = init?.signal ? AbortSignal.any([init.signal, retry]) : retry;
      const answer = await this.#ask(input, { ...init, signal });
      if (answer && answer.status < 500) return withNullableElements(answer);
      init?.signal?.throwIfAborted();
      if (retry.aborted) continue;
      const atLeast = answer && retryAfterOf(answer.headers);
      await this.#pause(backoff(failures, { longest, atLeast }), init?.signal);
    }
  };

  /** For Electric's client: what it does not retry by itself. Answers when the stream is to try again, if at all. */
  readonly onError = async (error: Error): Promise<Record<string, never> | undefined> => {
    const { signal, userId } = this.#common;
    if (signal.aborted) return undefined;
    if (error instanceof FetchError && error.status === 401 && !this.#sessionChecked) {
      this.#sessionChecked = true;
      const same = await sessionStillOf(userId);
      if (same === false) {
        this.fail("Your session has ended.");
        sessionEnded();
        // The page may stay, and the person sign in again on it.
        await aborted(AbortSignal.any([signal, this.#retry.signal]));
        this.#sessionChecked = false;
        return signal.aborted ? undefined : {};
      }
      if (same) return {};
    }
    this.fail(
      error instanceof FetchError ? (textOf(error.json) ?? "The server refused to sync.") : error.message,
    );
    await this.#pause(refusedPause);
    return signal.aborted ? undefined : {};
  };

  #begin(): void {
    this.#failed = false;
    this.#set("connecting");
    const timer = setTimeout(() => {
      if (this.#state === "connecting") this.fail("Nothing has arrived yet. Still trying.");
    }, patience);
    this.#common.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** One request, with what it tells about the sync. Undefined when it was aborted or the server not reached. */
  async #ask(
    input: RequestInfo | URL,
    init: RequestInit & { signal: AbortSignal },
  ): Promise<Response | undefined> {
    try {
      const answer = await this.#send(input, init);
      if (answer.ok || answer.status === 409) {
        this.#sessionChecked = false;
        if (answer.headers.has("electric-up-to-date")) this.#succeed();
      } else if (answer.status >= 500) {
        this.fail(await messageOf(answer));
      }
      return answer;
    } catch {
      if (!init.signal.aborted) this.fail();
      return undefined;
    }
  }

  async #send(input: RequestInfo | URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.searchParams.get("live") !== "true") return await plainRequest("load", input, init);
    // After a failure a live poll may be silent for long even when all is well again. The same request without `live`
    // is answered at once, and so says whether it is.
    if (this.#failed) {
      const probed = await this.#probe(url, init);
      if (!probed.ok) return probed;
      this.#succeed();
    }
    return (await this.#askLine(url, init.signal)) ?? (await plainRequest("poll", input, init));
  }

  async #askLine(url: URL, signal: AbortSignal): Promise<Response | undefined> {
    this.#onTheLine = true;
    try {
      return await this.#common.line.ask(url.pathname + url.search, signal);
    } finally {
      this.#onTheLine = false;
    }
  }

  /** The body of the answer is not used: the poll that follows asks from the same place, and brings the same changes. */
  #probe(live: URL, init: RequestInit): Promise<Response> {
    const url = new URL(live);
    for (const name of ["live", "cursor"]) url.searchParams.delete(name);
    return plainRequest("load", url, init);
  }

  #unreadableMessage(): string | undefined {
    if (this.#unreadable.size === 0) return undefined;
    return `Some values cannot be shown as they are (${this.name}: ${[...this.#unreadable].join(", ")}).`;
  }

  /** Waits this many milliseconds, or until `retry()`, or until the wait is pointless. */
  async #pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
    const ends = [this.#common.signal, this.#retry.signal];
    await pause(milliseconds, AbortSignal.any(signal ? [...ends, signal] : ends));
    signal?.throwIfAborted();
  }

  #succeed(): void {
    this.#heard = performance.now();
    this.#failed = false;
    this.#lineDown = false;
    this.#set("live");
  }

  #setTrouble(message: string): void {
    if (navigator.onLine) this.#set("error", message);
    else this.#set("offline", "You are offline. What you see may be out of date.");
  }

  #set(state: SyncState, message?: string): void {
    this.#state = state;
    this.#message = message;
    this.#changed();
  }
}

async function messageOf(answer: Response): Promise<string | undefined> {
  return textOf(
    await answer
      .clone()
      .json()
      .catch(() => undefined),
  );
}

/** The message of a refusal of our own. Others, of a framework or a gateway, hold more, and are not meant for people. */
function textOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Object.keys(body).join() !== "message") return undefined;
  return "message" in body && typeof body.message === "string" ? body.message : undefined;
}
