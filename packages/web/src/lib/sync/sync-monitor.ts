import { FetchError } from "@electric-sql/client";
import { sessionEnded, sessionStillOf } from "~/lib/session/session-end";

/** `connecting` until the first whole answer, then `live` while polls are answered. */
export type SyncState = "connecting" | "live" | "offline" | "error";

export interface SyncReport {
  state: SyncState;
  /** What is wrong and what happens next, for a person to read. Absent while nothing is wrong. */
  message?: string;
}

/** After how long without a first answer a person is told that something is wrong, in milliseconds. */
const patience = 15_000;

/** Bounds of the wait before the server is asked again, in milliseconds. */
const firstPause = 500;
const longestPause = 4_000;

/** How long a stream that was refused waits before it asks again by itself, in milliseconds. */
const refusedPause = 60_000;

/**
 * Watches the shape requests of one user's collections and says how the sync is doing.
 *
 * It sits between Electric's client and `fetch`, since the collection tells nothing about its stream.
 */
export class SyncMonitor {
  #report: SyncReport = { state: "connecting" };
  #listeners = new Set<() => void>();
  #ended = new AbortController();
  #retry = new AbortController();
  #failed = false;
  #userId: string;
  #sessionChecked = false;

  constructor(userId: string) {
    this.#userId = userId;
    if (typeof window === "undefined") return;
    const { signal } = this.#ended;
    window.addEventListener("offline", () => this.#fail(), { signal });
    window.addEventListener("online", () => this.retry(), { signal });
    const timer = setTimeout(() => {
      if (this.#report.state === "connecting") this.#fail("Nothing has arrived yet. Still trying.");
    }, patience);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** Aborts when the user's collections end. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The present state. The same object until something changes. */
  readonly report = () => this.#report;

  /** Asks again at once: ends waits, and requests that may hang on a connection that is gone. */
  readonly retry = () => {
    const last = this.#retry;
    this.#retry = new AbortController();
    last.abort();
  };

  /** Stops every request and every wait. */
  end(): void {
    this.#ended.abort();
    this.#listeners.clear();
  }

  /**
   * `fetch` for Electric's client. While the server cannot be reached or cannot serve, it goes on trying: the client
   * would too, but out of reach of `retry()`.
   */
  readonly fetch: typeof fetch = async (input, init) => {
    for (let attempt = 0; ; attempt++) {
      const retry = this.#retry.signal;
      const waiting = new AbortController();
      const giveUp = () => waiting.abort();
      retry.addEventListener("abort", giveUp);
      const signal = init?.signal ? AbortSignal.any([init.signal, waiting.signal]) : waiting.signal;
      const answer = await this.#ask(input, { ...init, signal });
      // An answer that has begun is read to its end: the client would take a body cut short for a refusal.
      retry.removeEventListener("abort", giveUp);
      if (answer && answer.status < 500) return answer;
      init?.signal?.throwIfAborted();
      if (retry.aborted) continue;
      const pause = Math.random() * Math.min(longestPause, firstPause * 2 ** attempt);
      const asked = Number(answer?.headers.get("retry-after") ?? 0) * 1000;
      await this.#pause(Math.max(pause, asked), init?.signal);
    }
  };

  /** For Electric's client: what it does not retry by itself. Answers when the stream is to try again, if at all. */
  readonly onError = async (error: Error): Promise<Record<string, never> | undefined> => {
    if (this.signal.aborted) return undefined;
    if (error instanceof FetchError && error.status === 401 && !this.#sessionChecked) {
      this.#sessionChecked = true;
      const same = await sessionStillOf(this.#userId);
      if (same === false) {
        sessionEnded();
        return undefined;
      }
      if (same) return {};
    }
    this.#fail(
      error instanceof FetchError ? (textOf(error.json) ?? "The server refused to sync.") : error.message,
    );
    await this.#pause(refusedPause);
    return this.signal.aborted ? undefined : {};
  };

  /** One request, with what it tells about the sync. Undefined when it was aborted or the server not reached. */
  async #ask(
    input: RequestInfo | URL,
    init: RequestInit & { signal: AbortSignal },
  ): Promise<Response | undefined> {
    try {
      // After a failure the client's next request is a long poll, silent for up to 20 s even when all is well again.
      // The same request without `live` is answered at once, and so tells whether it is.
      const answer = (this.#failed && (await this.#probe(input, init))) || (await fetch(input, init));
      if (answer.ok || answer.status === 409) {
        this.#sessionChecked = false;
        if (answer.headers.has("electric-up-to-date")) this.#succeed();
      } else if (answer.status >= 500) {
        this.#fail(await messageOf(answer));
      }
      return answer;
    } catch {
      if (!init.signal.aborted) this.#fail();
      return undefined;
    }
  }

  /** Waits this many milliseconds, or until `retry()`, or until the wait is pointless. */
  async #pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
    const ends = [this.signal, this.#retry.signal, AbortSignal.timeout(milliseconds)];
    await aborted(AbortSignal.any(signal ? [...ends, signal] : ends));
    signal?.throwIfAborted();
  }

  async #probe(input: RequestInfo | URL, init: RequestInit): Promise<Response | undefined> {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.searchParams.get("live") !== "true") return undefined;
    for (const name of ["live", "live_sse", "experimental_live_sse", "cursor"]) url.searchParams.delete(name);
    const answer = await fetch(url, init);
    if (!answer.ok) return answer;
    // Its body is not used: the long poll that follows asks from the same offset and brings the same changes.
    await answer.body?.cancel();
    this.#succeed();
    return undefined;
  }

  #succeed(): void {
    this.#failed = false;
    this.#set({ state: "live" });
  }

  #fail(message = "The server cannot be reached. Trying again."): void {
    this.#failed = true;
    this.#set(
      navigator.onLine
        ? { state: "error", message }
        : { state: "offline", message: "You are offline. What you see may be out of date." },
    );
  }

  #set(report: SyncReport): void {
    if (report.state === this.#report.state && report.message === this.#report.message) return;
    this.#report = report;
    for (const listener of this.#listeners) listener();
  }
}

async function messageOf(answer: Response): Promise<string | undefined> {
  return textOf(await answer.json().catch(() => undefined));
}

/** The message of a refusal of our own. Others, of a framework or a gateway, hold more, and are not meant for people. */
function textOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Object.keys(body).join() !== "message") return undefined;
  return "message" in body && typeof body.message === "string" ? body.message : undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
