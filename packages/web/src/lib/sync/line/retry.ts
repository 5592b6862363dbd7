/** Bounds of the wait before something is tried again, in milliseconds. */
const firstPause = 500;
const longestPause = 8_000;

/** Waits between tries: longer each time, and by chance, so that not all browsers come back at once. */
export class Retry {
  #attempt = 0;
  #go: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get isWaiting(): boolean {
    return this.#go !== undefined;
  }

  /**
   * Tries again after a while.
   *
   * @param atLeast what the server asked for, in seconds
   */
  wait(atLeast: number, go: () => void): void {
    const pause = Math.random() * Math.min(longestPause, firstPause * 2 ** this.#attempt++);
    this.#go = go;
    this.#timer = setTimeout(() => this.endWait(), Math.max(pause, atLeast * 1000));
  }

  /** Tries at once what is being waited for. False when nothing is. */
  endWait(): boolean {
    const go = this.#go;
    if (!go) return false;
    clearTimeout(this.#timer);
    this.#go = undefined;
    go();
    return true;
  }

  succeeded(): void {
    this.#attempt = 0;
  }
}
