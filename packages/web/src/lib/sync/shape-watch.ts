import { FetchError } from "@electric-sql/client";
import { sessionEnded, sessionStillOf } from "~/lib/session/session-end";
import { backoff, retryAfterOf } from "~/lib/sync/backoff";
import { isForeign } from "~/lib/sync/foreign-answer";
import type { Line } from "~/lib/sync/line/line";
import type { LineHealth } from "~/lib/sync/line/line-message";
import { withNullableElements } from "~/lib/sync/nullable-elements";
import { aborted, pause } from "~/lib/sync/pause";
import { plainRequest } from "~/lib/sync/plain-request";
import { messageOf, textOf } from "~/lib/sync/refusal-message";
import { withinElectricsTimes } from "~/lib/sync/subset-times";
import type { ShapeReport, SyncState } from "~/lib/sync/sync-report";
import { silenceSeconds } from "~/lib/wire/line";

/** How long to wait for the first answer before the page shows that something is wrong, in milliseconds. */
const patience = 15_000;

/** How long a shape counts as live after the last data, in milliseconds. */
const aliveFor = (silenceSeconds + 5) * 1000;

/**
 * The longest wait before a request is sent again that the server has not asked for, in milliseconds. The server may ask
 * for two seconds, and a page is to be live again within five.
 */
const longest = 2_500;

/** How long to wait after a refusal before the shape is asked for again, in milliseconds. */
const refusedPause = 60_000;

/** What the watches of all shapes of a user share. */
interface Common {
  readonly userId: string;
  readonly line: Line;
  readonly signal: AbortSignal;
}

/**
 * Stands between Electric's client and the network for one shape, and reports the state of the sync, which the
 * collection does not expose. Live polls go over the line that all shapes share. Every other request goes out alone.
 */
export class ShapeWatch {
  readonly name: string;
  readonly #common: Common;
  readonly #changed: () => void;
  #state: SyncState | undefined;
  #message: string | undefined;
  /** The moment of the rows of the last visit, while the page shows these rows. */
  #asOf: number | undefined;
  /** The columns that hold a value that no parser could read. */
  readonly #unreadable = new Set<string>();
  #retry = new AbortController();
  #heard = 0;
  /** True after a request for this shape has failed, until another request for the shape succeeds. */
  #failed = false;
  /** True while a poll of this shape waits on the line. */
  #onTheLine = false;
  #lineDown = false;
  #sessionChecked = false;
  /** How many answers in a row Electric's client could not use. */
  #unusable = 0;

  constructor(name: string, common: Common, changed: () => void) {
    this.name = name;
    this.#common = common;
    this.#changed = changed;
  }

  /** Undefined while no collection asks for the shape. */
  report(): ShapeReport | undefined {
    if (this.#state === undefined) return undefined;
    const message = this.#message ?? this.#unreadableMessage();
    return {
      name: this.name,
      state: this.#state,
      ...(message !== undefined && { message }),
      ...(this.#asOf !== undefined && { asOf: this.#asOf }),
    };
  }

  /** Reports a value that no parser could read, once for each column. */
  unreadable(id: string, column: string, text: string): void {
    if (this.#unreadable.has(column)) return;
    this.#unreadable.add(column);
    console.error(`sync: ${this.name}: "${column}" of row ${id} cannot be read: ${text}`);
    this.#changed();
  }

  /** Notes that the page shows rows of the last visit, until the first answer has come. */
  readonly showKept = (asOf: number): void => {
    this.#asOf = asOf;
    this.#changed();
  };

  /** True when the shape counts as live, but no data has arrived for too long. */
  isSilent(): boolean {
    return this.#state === "live" && performance.now() - this.#heard > aliveFor;
  }

  /** Forgets the state, because the collection no longer asks for the shape. */
  rest(): void {
    this.#state = undefined;
    this.#message = undefined;
    this.#asOf = undefined;
    this.#unreadable.clear();
    this.#changed();
  }

  /** Asks the server again at once. Ends waits, and requests that may hang on a broken connection. */
  retry(): void {
    const last = this.#retry;
    this.#retry = new AbortController();
    last.abort();
  }

  /** Takes the open request for dead and asks again. */
  giveUp(): void {
    this.fail("The server has sent nothing for a while. Trying again.");
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
   * `fetch` for Electric's client. Tries again while the server cannot be reached or cannot serve. The client would
   * also try again, but `retry()` could not end the client's waits.
   */
  readonly fetch: typeof fetch = async (asked, init) => {
    const input = withinElectricsTimes(asked);
    if (this.#state === undefined) this.#begin();
    for (let failures = 0; ; failures++) {
      const retry = this.#retry.signal;
      const signal = init?.signal ? AbortSignal.any([init.signal, retry]) : retry;
      const answer = await this.#ask(input, { ...init, signal });
      if (answer && !isPassing(answer)) return withNullableElements(answer);
      init?.signal?.throwIfAborted();
      if (retry.aborted) continue;
      const atLeast = answer && retryAfterOf(answer.headers);
      await this.#pause(backoff(failures, { longest, atLeast }), init?.signal);
    }
  };

  /** Handles the errors that Electric's client does not retry. Resolves with an object when the client is to go on. */
  readonly onError = async (error: Error): Promise<Record<string, never> | undefined> => {
    const { signal, userId } = this.#common;
    if (signal.aborted) return undefined;
    if (error instanceof FetchError && error.status === 401 && !this.#sessionChecked) {
      this.#sessionChecked = true;
      const same = await sessionStillOf(userId);
      if (same === false) {
        this.fail("Your session has ended.");
        sessionEnded();
        // The person may sign in again without leaving the page.
        await aborted(AbortSignal.any([signal, this.#retry.signal]));
        this.#sessionChecked = false;
        return signal.aborted ? undefined : {};
      }
      if (same) return {};
      // The server could not say, perhaps because the network had gone. The next refusal has to ask again.
      if (same === undefined) this.#sessionChecked = false;
    }
    this.fail(
      error instanceof FetchError ? (textOf(error.json) ?? "The server refused to sync.") : error.message,
    );
    // What is no refusal of the server is an answer that something on the way has damaged, so the next one may be whole.
    const refused = error instanceof FetchError;
    await this.#pause(refused ? refusedPause : backoff(this.#unusable++, { longest: refusedPause }));
    return signal.aborted ? undefined : {};
  };

  #begin(): void {
    this.#failed = false;
    this.#set("connecting");
    const timer = setTimeout(() => {
      if (this.#state === "connecting") this.fail("The server has not answered yet. Still trying.");
    }, patience);
    this.#common.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** Sends one request and updates the state. Undefined when the request was aborted, or no answer of the server came. */
  async #ask(
    input: RequestInfo | URL,
    init: RequestInit & { signal: AbortSignal },
  ): Promise<Response | undefined> {
    try {
      const answer = await this.#send(input, init);
      if (await isForeign(answer)) {
        this.fail();
        return undefined;
      }
      if (answer.ok || answer.status === 409) {
        this.#sessionChecked = false;
        if (answer.headers.has("electric-up-to-date")) this.#succeed();
      } else if (isPassing(answer)) {
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
    // After a failure, a live poll may stay unanswered for long although the server works again. The server answers the
    // same request without `live` at once, and so shows that it works.
    if (this.#failed) {
      const probed = await this.#probe(url, init);
      if (!probed.ok || (await isForeign(probed))) return probed;
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

  /** The caller need not use the body, because the poll that follows brings the same changes. */
  #probe(live: URL, init: RequestInit): Promise<Response> {
    const url = new URL(live);
    for (const name of ["live", "cursor"]) url.searchParams.delete(name);
    return plainRequest("load", url, init);
  }

  #unreadableMessage(): string | undefined {
    if (this.#unreadable.size === 0) return undefined;
    return `Some values cannot be shown exactly (${this.name}: ${[...this.#unreadable].join(", ")}).`;
  }

  /** Waits this many milliseconds. `retry()`, the signal and the end of the collections end the wait early. */
  async #pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
    const ends = [this.#common.signal, this.#retry.signal];
    await pause(milliseconds, AbortSignal.any(signal ? [...ends, signal] : ends));
    signal?.throwIfAborted();
  }

  #succeed(): void {
    this.#heard = performance.now();
    this.#unusable = 0;
    this.#failed = false;
    this.#lineDown = false;
    this.#asOf = undefined;
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

/** True for a refusal that passes. After a 429 the client would wait longer each time, and `retry()` could not end the wait. */
function isPassing({ status }: Response): boolean {
  return status >= 500 || status === 429;
}
