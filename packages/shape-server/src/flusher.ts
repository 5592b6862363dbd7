import type { Lsn } from "./postgres/lsn.ts";
import type { Shape } from "./shapes/shape.ts";

const acknowledgeIntervalMs = 1_000;

/** Writes the logs of shapes to files, and then acknowledges to Postgres what is in files. */
export class Flusher {
  /** The shapes whose logs hold more than their files. */
  readonly #unwritten = new Set<Shape>();
  readonly #acknowledge: (lsn: Lsn) => void;
  #flushing: NodeJS.Immediate | undefined;
  #acknowledging: NodeJS.Timeout | undefined;
  /** Everything before this position is in the logs. */
  #progress: Lsn = 0;

  /** @param acknowledge is called when everything before `lsn` is in files. */
  constructor(acknowledge: (lsn: Lsn) => void) {
    this.#acknowledge = acknowledge;
  }

  /** Writes the log of `shape` to its file soon. */
  add(shape: Shape): void {
    this.#unwritten.add(shape);
    // Clients come first: the files are written when their answers are on the way.
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#flush();
    });
  }

  /** Notes that everything before `lsn` is in the logs, whether a shape shows it or not. */
  progressed(lsn: Lsn): void {
    this.#progress = Math.max(this.#progress, lsn);
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = undefined;
      this.finish();
    }, acknowledgeIntervalMs);
  }

  /** Writes everything and acknowledges it, at once. */
  finish(): void {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = undefined;
    this.#flush();
    if (this.#progress > 0) this.#acknowledge(this.#progress);
  }

  #flush(): void {
    for (const shape of this.#unwritten) if (!shape.isRetired) shape.log.flush();
    this.#unwritten.clear();
  }
}
