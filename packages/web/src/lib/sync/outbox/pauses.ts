/** Bounds of the wait before a request is sent again, in milliseconds. */
const firstPause = 500;
const longestPause = 30_000;

/** How long to wait after so many failures in a row, in milliseconds. Random, so that not all browsers ask at once. */
export function backoff(failures: number, retryAfter = 0): number {
  const longest = Math.min(longestPause, firstPause * 2 ** failures);
  // A wait that the server asked for is kept, and stretched a little.
  return retryAfter + Math.random() * longest;
}

/** Waits that end early when there is a reason to think that the server can be reached again. */
export class Pauses {
  readonly #signal: AbortSignal;
  #wake = new AbortController();

  /** @param signal ends every wait */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Waits this many milliseconds. True when it was woken earlier. */
  async wait(milliseconds: number): Promise<boolean> {
    const { signal: woken } = this.#wake;
    const ends = AbortSignal.any([this.#signal, woken]);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      if (ends.aborted) end();
      else ends.addEventListener("abort", end, { once: true });
    });
    return woken.aborted;
  }

  /** Ends the waits that are under way. */
  wake(): void {
    const last = this.#wake;
    this.#wake = new AbortController();
    last.abort();
  }
}

/** Calls back when the network, or the page, comes back. */
export function onReturn(callback: () => void, signal: AbortSignal): void {
  if (typeof window === "undefined" || typeof document === "undefined") return;
  for (const event of ["online", "pageshow"]) window.addEventListener(event, callback, { signal });
  const whenVisible = () => document.visibilityState === "visible" && callback();
  document.addEventListener("visibilitychange", whenVisible, { signal });
}
