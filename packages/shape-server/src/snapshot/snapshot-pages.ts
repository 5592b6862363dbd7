import { join } from "node:path";

/** The shape ended before the page was there. */
export class AbandonedError extends Error {}

/** A snapshot could not be taken; says why. */
export class SnapshotError extends Error {}

type Watcher = { resolve: () => void; reject: (error: Error) => void; page: number };

/**
 * The pages of a shape's snapshot: files that hold its rows as JSON messages joined by commas, the last one ending with
 * the `snapshot-end` message. They are written once and never change.
 */
export class SnapshotPages {
  readonly directory: string;
  #ready = 0;
  #complete = false;
  #failure: Error | null = null;
  #watchers: Watcher[] = [];

  constructor(directory: string, complete = 0) {
    this.directory = directory;
    this.#ready = complete;
    this.#complete = complete > 0;
  }

  path(page: number): string {
    return join(this.directory, `${page}.json`);
  }

  /** How many pages can be read. */
  get ready(): number {
    return this.#ready;
  }

  get isComplete(): boolean {
    return this.#complete;
  }

  /** One more page can be read. */
  add(last: boolean): void {
    this.#ready++;
    this.#complete = last;
    this.#wake();
  }

  get isAbandoned(): boolean {
    return this.#failure instanceof AbandonedError;
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  abandon(): void {
    if (!this.#complete) this.fail(new AbandonedError("The shape ended while its snapshot was taken."));
  }

  /**
   * Waits until page `page` can be read.
   *
   * @returns false when the snapshot is complete and has no such page.
   */
  async wait(page: number): Promise<boolean> {
    while (this.#ready <= page && !this.#complete) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve, reject) => this.#watchers.push({ resolve, reject, page }));
    }
    return page < this.#ready;
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) {
      if (this.#failure) watcher.reject(this.#failure);
      else if (this.#complete || watcher.page < this.#ready) watcher.resolve();
      else this.#watchers.push(watcher);
    }
  }
}
