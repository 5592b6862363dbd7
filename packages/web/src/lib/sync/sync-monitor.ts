import { onSessionEnd } from "~/lib/session/session-end";
import { Line } from "~/lib/sync/line/line";
import type { LineHealth } from "~/lib/sync/line/line-message";
import { onReturn } from "~/lib/sync/on-return";
import { ShapeWatch } from "~/lib/sync/shape-watch";
import { type ShapeReport, type SyncReport, worstOf } from "~/lib/sync/sync-report";

/** How often the monitor looks for shapes that have gone silent, in milliseconds. */
const lookEvery = 5_000;

/** Watches the shapes of one user's collections, and reports the state of the sync: that of the worst shape. */
export class SyncMonitor {
  readonly line: Line;
  readonly userId: string;
  readonly #ended = new AbortController();
  readonly #shapes = new Map<string, ShapeWatch>();
  readonly #listeners = new Set<() => void>();
  #report: SyncReport = worstOf([]);

  constructor(userId: string) {
    this.userId = userId;
    this.line = new Line(userId, (health) => this.#onLine(health), this.signal);
    if (typeof window === "undefined") return;
    const { signal } = this.#ended;
    // The session may have ended, so the server may refuse every request until the page has checked the session.
    signal.addEventListener(
      "abort",
      onSessionEnd(() => this.line.hold()),
    );
    window.addEventListener("offline", () => this.#each((shape) => shape.fail()), { signal });
    onReturn(this.retry, signal);
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    const timer = setInterval(() => this.#look(), lookEvery);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Aborts when the user's collections end. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Returns the present state: the same object until the state changes. */
  readonly report = (): SyncReport => this.#report;

  /** Asks the server again at once. Ends waits, and requests that may hang on a broken connection. */
  readonly retry = (): void => {
    this.line.retryNow();
    this.#each((shape) => shape.retry());
  };

  /** Returns the watch of one shape. The report contains the shape from its first request until `rest`. */
  watch(name: string): ShapeWatch {
    const known = this.#shapes.get(name);
    if (known) return known;
    const shape = new ShapeWatch(name, this, () => this.#changed());
    this.#shapes.set(name, shape);
    return shape;
  }

  /** Stops every request and every wait. */
  end(): void {
    this.#ended.abort();
    this.#listeners.clear();
  }

  #onLine(health: LineHealth): void {
    this.#each((shape) => shape.onLine(health));
  }

  /** Asks again for shapes that have gone silent, for example while the machine slept. */
  #look(): void {
    const silent = [...this.#shapes.values()].filter((shape) => shape.isSilent());
    if (silent.length === 0) return;
    this.line.retryNow();
    for (const shape of silent) shape.giveUp();
  }

  #each(act: (shape: ShapeWatch) => void): void {
    for (const shape of this.#shapes.values()) act(shape);
  }

  #changed(): void {
    const shapes = [...this.#shapes.values()].map((shape) => shape.report());
    const known: ShapeReport[] = shapes.filter((report) => report !== undefined);
    const report = worstOf(known);
    if (JSON.stringify(report) === JSON.stringify(this.#report)) return;
    this.#report = report;
    for (const listener of this.#listeners) listener();
  }
}
