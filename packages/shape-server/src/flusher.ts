import type { Lsn } from "./postgres/lsn.ts";
import type { Shape } from "./shapes/shape.ts";

const acknowledgeIntervalMs = 1_000;

/** What a `Flusher` needs from the rest of the engine. */
export interface FlusherEvents {
  /** Everything before `lsn` is in files. */
  acknowledge(lsn: Lsn): void;
  /** A file could not be written, as on a full disk, for the first time since all could be. */
  failed(error: unknown): void;
  /** All files could be written again. */
  recovered(): void;
}

/**
 * Writes the logs of shapes to files, and then acknowledges to Postgres what is in files. As long as a file cannot be
 * written, clients get the changes from memory, and Postgres keeps what is not acknowledged for the server's next run.
 */
export class Flusher {
  /** The shapes whose logs hold more than their files. */
  readonly #unwritten = new Set<Shape>();
  readonly #events: FlusherEvents;
  /** Writes the newest descriptions of the tables, which are not in their file yet. */
  #saveRelations: (() => void) | undefined;
  #flushing: NodeJS.Immediate | undefined;
  #acknowledging: NodeJS.Timeout | undefined;
  /** Everything before this position is in the logs. */
  #progress: Lsn = 0;
  #hasFailed = false;

  constructor(events: FlusherEvents) {
    this.#events = events;
  }

  /** Writes the log of `shape` to its file soon. */
  add(shape: Shape): void {
    this.#unwritten.add(shape);
    this.#flushSoon();
  }

  /** Writes descriptions of the tables soon, in the place of older ones. */
  addRelations(save: () => void): void {
    this.#saveRelations = save;
    this.#flushSoon();
  }

  #flushSoon(): void {
    // A full disk is tried again with the next acknowledgement.
    if (this.#hasFailed) return;
    // Clients come first: the files are written when their answers are on the way.
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#attempt(() => this.#flush());
    });
  }

  /** Notes that everything before `lsn` is in the logs, whether a shape shows it or not. */
  progressed(lsn: Lsn): void {
    this.#progress = Math.max(this.#progress, lsn);
    this.#acknowledgeSoon();
  }

  /** Writes everything and acknowledges it, at once. What cannot be written is tried again later. */
  finish(): void {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = undefined;
    this.#attempt(() => {
      this.#flush();
      if (this.#progress > 0) this.#events.acknowledge(this.#progress);
      if (this.#hasFailed) this.#events.recovered();
      this.#hasFailed = false;
    });
  }

  #acknowledgeSoon(): void {
    this.#acknowledging ??= setTimeout(() => this.finish(), acknowledgeIntervalMs).unref();
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#hasFailed) this.#events.failed(error);
      this.#hasFailed = true;
      this.#acknowledgeSoon();
    }
  }

  #flush(): void {
    this.#saveRelations?.();
    this.#saveRelations = undefined;
    for (const shape of this.#unwritten) {
      if (!shape.isRetired) shape.log.flush();
      this.#unwritten.delete(shape);
    }
  }
}
