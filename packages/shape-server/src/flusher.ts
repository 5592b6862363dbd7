import type { Lsn } from "./replication/lsn.ts";
import type { Shape } from "./shapes/shape.ts";

const ACKNOWLEDGE_INTERVAL_MS = 1_000;

/** Writes what shapes have been told to their files, and then lets Postgres forget it. */
export class Flusher {
  readonly #dirty = new Set<Shape>();
  readonly #acknowledge: (lsn: Lsn) => void;
  #flushing: NodeJS.Immediate | null = null;
  #acknowledging: NodeJS.Timeout | null = null;
  /** Everything before this has been taken in. */
  #progress: Lsn = 0;

  /** @param acknowledge tells Postgres that everything before `lsn` is in files. */
  constructor(acknowledge: (lsn: Lsn) => void) {
    this.#acknowledge = acknowledge;
  }

  /** The log of a shape has grown. */
  grown(shape: Shape): void {
    this.#dirty.add(shape);
    // clients come first: they are answered before anything is written
    this.#flushing ??= setImmediate(() => {
      this.#flushing = null;
      this.#flush();
    });
  }

  /** Everything before `lsn` has been taken in, whether a shape shows it or not. */
  progressed(lsn: Lsn): void {
    this.#progress = Math.max(this.#progress, lsn);
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = null;
      this.finish();
    }, ACKNOWLEDGE_INTERVAL_MS);
  }

  /** Writes and acknowledges what there is, at once. */
  finish(): void {
    if (this.#acknowledging) clearTimeout(this.#acknowledging);
    this.#acknowledging = null;
    this.#flush();
    if (this.#progress > 0) this.#acknowledge(this.#progress);
  }

  #flush(): void {
    for (const shape of this.#dirty) if (!shape.isRetired) shape.log.flush();
    this.#dirty.clear();
  }
}
