import { pause } from "~/lib/sync/pause";

/** Waits that end early when there is a reason to think that the server can be reached again. */
export class Pauses {
  readonly #signal: AbortSignal;
  #wake = new AbortController();

  /** @param signal ends every wait */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Waits this many milliseconds. True when {@link wake} ended the wait. */
  async wait(milliseconds: number): Promise<boolean> {
    const { signal: woken } = this.#wake;
    await pause(milliseconds, AbortSignal.any([this.#signal, woken]));
    return woken.aborted;
  }

  /** Ends all waits that are under way. */
  wake(): void {
    const last = this.#wake;
    this.#wake = new AbortController();
    last.abort();
  }
}
