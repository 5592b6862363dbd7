import { backoff } from "~/lib/sync/backoff";

/** The longest wait that the server has not asked for, in milliseconds: as long as that of a shape in `shape-watch.ts`. */
const longest = 2_500;

/** Tries something again after a wait, which grows with each failure. */
export class Retry {
  #failures = 0;
  #go: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get isWaiting(): boolean {
    return this.#go !== undefined;
  }

  /**
   * Calls `go` after a wait.
   *
   * @param atLeast the wait that the server asked for, in milliseconds
   */
  wait(atLeast: number, go: () => void): void {
    this.#go = go;
    this.#timer = setTimeout(() => this.endWait(), backoff(this.#failures++, { longest, atLeast }));
  }

  /** Ends the wait and calls `go` at once. False when there is no wait. */
  endWait(): boolean {
    const go = this.#go;
    if (!go) return false;
    clearTimeout(this.#timer);
    this.#go = undefined;
    go();
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
