import { join } from "node:path";

/** The shape ended before the page was written. */
export class AbandonedError extends Error {}

/** A request that waits for a page. */
interface Watcher {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly page: number;
}

/**
 * The pages of a shape's snapshot: files that hold its rows as JSON messages joined by commas, the last one ending with
 * the `snapshot-end` message. A page never changes after it was written.
 */
export class SnapshotPages {
  readonly directory: string;
  /** The length at which a page ends. */
  readonly pageBytes: number;
  #ready = 0;
  #complete = false;
  #failure: Error | undefined;
  #watchers: Watcher[] = [];

  /** @param complete how many pages the directory has from an earlier run; 0 for a snapshot that is to be taken. */
  constructor(directory: string, pageBytes: number, complete = 0) {
    this.directory = directory;
    this.pageBytes = pageBytes;
    this.#ready = complete;
    this.#complete = complete > 0;
  }

  /** The file of page `page`, counted from 0. */
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

  /** Notes that one more page was written. */
  add(last: boolean): void {
    this.#ready++;
    this.#complete = last;
    this.#wake();
  }

  get isAbandoned(): boolean {
    return this.#failure instanceof AbandonedError;
  }

  /** Notes that the snapshot failed: those who wait for a page get `error`. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  /** Notes that the shape has ended. A complete snapshot stays readable. */
  abandon(): void {
    if (!this.#complete) this.fail(new AbandonedError("The shape ended while its snapshot was taken."));
  }

  /**
   * Waits until page `page` can be read.
   *
   * @returns false when the snapshot is complete and has no such page.
   * @throws AbandonedError when the shape ends first; the error with which the snapshot failed.
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
