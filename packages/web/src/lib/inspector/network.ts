import { aborted, pause } from "~/lib/sync/pause";

/** What is wrong with the network of this tab. */
export interface Faults {
  /** Every request fails, and the browser says that it is offline. */
  readonly offline: boolean;
  /** Requests go out, but nothing comes back, and nothing says so. */
  readonly silent: boolean;
  /** By how much everything that comes back is late, in milliseconds. */
  readonly delay: number;
  /** The server takes the next edit, but the answer is lost. */
  readonly losesNext: boolean;
}

export const noFaults: Faults = { offline: false, silent: false, delay: 0, losesNext: false };

/** Takes note of one request. Each function may be absent. */
export interface Observer {
  /** The headers that the request gets in addition. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The request leaves this tab. Not called while the network is cut. */
  readonly sent?: () => void;
  /** The answer has come: headers and the whole body. Not called for a body that is observed in parts. */
  readonly answered?: (response: Response, body: string) => void;
  /** A part of the body has come. Each part is handed on as it comes. */
  readonly part?: (text: string) => void;
  /** No answer has come, or its body has ended. */
  readonly ended?: (failed: boolean) => void;
  /** True for a request whose answer {@link Faults.losesNext} may lose. */
  readonly isEdit?: boolean;
}

type Observe = (url: URL, init: RequestInit | undefined) => Observer | undefined;

/**
 * Stands where the network of this tab stands: takes the place of `window.fetch`, watches the requests of the sync, and
 * makes a fault when it is told to. The sync does not know of this class, so it meets the fault as it would meet a fault
 * of a real network.
 */
export class Network {
  readonly #observe: Observe;
  readonly #changed: () => void;
  readonly #real = window.fetch;
  #faults = noFaults;
  /** Ends the requests that are under way when the tab goes offline. */
  #cut = new AbortController();
  /** Aborts with the next change of the faults. */
  #turn = new AbortController();

  /**
   * @param observe returns the observer of a request. Undefined when nobody observes the request
   * @param changed called when a fault has begun or ended
   */
  constructor(observe: Observe, changed: () => void) {
    this.#observe = observe;
    this.#changed = changed;
  }

  get faults(): Faults {
    return this.#faults;
  }

  /** Takes the place of the network. */
  open(): void {
    window.fetch = this.#fetch;
  }

  /** Ends every fault, and gives the network back. */
  close(): void {
    this.set(noFaults);
    if (window.fetch === this.#fetch) window.fetch = this.#real;
  }

  /** Begins or ends faults. */
  set(faults: Partial<Faults>): void {
    const before = this.#faults;
    this.#faults = { ...before, ...faults };
    const { offline } = this.#faults;
    if (offline !== before.offline) this.#setOffline(offline);
    const turn = this.#turn;
    this.#turn = new AbortController();
    turn.abort();
    this.#changed();
  }

  #setOffline(offline: boolean): void {
    if (offline) {
      Object.defineProperty(navigator, "onLine", { configurable: true, get: () => false });
      this.#cut.abort(noNetwork());
      this.#cut = new AbortController();
    } else {
      // The property of the prototype, which tells the truth, shows again.
      Reflect.deleteProperty(navigator, "onLine");
    }
    window.dispatchEvent(new Event(offline ? "offline" : "online"));
  }

  readonly #fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    if (url.origin !== location.origin) return await this.#real.call(window, input, init);
    const observer = this.#observe(url, init) ?? {};
    try {
      if (this.#faults.offline) throw noNetwork();
      observer.sent?.();
      const asked = init?.signal ?? (input instanceof Request ? input.signal : undefined);
      const signal = asked ? AbortSignal.any([asked, this.#cut.signal]) : this.#cut.signal;
      const headers = observer.headers && { headers: { ...headersOf(init), ...observer.headers } };
      const response = await this.#real.call(window, input, { ...init, ...headers, signal });
      await this.#arrive(signal);
      if (observer.part) return this.#inParts(response, observer, signal);
      return observer.answered ? await this.#whole(response, observer) : response;
    } catch (error) {
      observer.ended?.(true);
      throw error;
    }
  };

  async #whole(response: Response, observer: Observer): Promise<Response> {
    const body = await response.blob();
    if (observer.isEdit && this.#faults.losesNext) {
      this.set({ losesNext: false });
      throw noNetwork();
    }
    observer.answered?.(response, await body.text());
    observer.ended?.(false);
    const isEmpty = response.status === 204 || response.status === 304;
    return new Response(isEmpty ? null : body, { status: response.status, headers: response.headers });
  }

  #inParts(response: Response, observer: Observer, signal: AbortSignal): Response {
    const decoder = new TextDecoder();
    const gate = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: async (chunk, controller) => {
        await this.#arrive(signal);
        observer.part?.(decoder.decode(chunk, { stream: true }));
        controller.enqueue(chunk);
      },
      flush: () => observer.ended?.(false),
    });
    signal.addEventListener("abort", () => observer.ended?.(true), { once: true });
    return new Response(response.body?.pipeThrough(gate), {
      status: response.status,
      headers: response.headers,
    });
  }

  /** Lets something that has come back through: late, or not before the network speaks again. */
  async #arrive(signal: AbortSignal): Promise<void> {
    if (this.#faults.delay > 0) await pause(this.#faults.delay, signal);
    while (this.#faults.silent && !signal.aborted)
      await aborted(AbortSignal.any([signal, this.#turn.signal]));
    signal.throwIfAborted();
  }
}

/** The error of a browser without a network. */
function noNetwork(): TypeError {
  return new TypeError("Failed to fetch");
}

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers));
}
