import type { Logger } from "pino";
import { codeOf } from "../errors/error-code.ts";
import { NotReadyError } from "../errors/not-ready-error.ts";
import { SetupError } from "../errors/setup-error.ts";
import { type Remedy, remedyFor } from "./remedy.ts";
import type { Names } from "./slot.ts";
import { ReplicationStream, type StreamReader } from "./stream.ts";

/**
 * What the server is up to: `starting` while it is not connected, `waiting` while another server has the slot, `active`
 * while it streams, `failed` when only a person can help.
 */
export type Health = "starting" | "waiting" | "active" | "failed";

const firstDelayMs = 100;
/** Short, because clients wait as well: their own waits begin when this wait has ended. */
const longestDelayMs = 1_000;

/** Keeps a replication stream running: opens it again after every failure that may pass. */
export class Supervisor {
  readonly #databaseUrl: string;
  readonly #names: Names;
  readonly #reader: StreamReader;
  readonly #log: Logger;
  #stream: ReplicationStream | undefined;
  #health: Health = "starting";
  #failure: Error | undefined;
  readonly #watchers = new Set<() => void>();
  #recreate = false;
  #stopped = false;
  #wake: () => void = () => {};
  #finished: Promise<void> = Promise.resolve();

  constructor(databaseUrl: string, names: Names, reader: StreamReader, log: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#names = names;
    this.#log = log;
    this.#reader = {
      opened: (slot) => reader.opened(slot),
      started: () => {
        this.#setHealth("active", undefined);
        reader.started();
      },
      wants: (oid) => reader.wants(oid),
      message: (message) => reader.message(message),
      idle: (lsn) => reader.idle(lsn),
    };
  }

  get health(): Health {
    return this.#health;
  }

  /** Why the server does not stream; undefined while it does, and before the first failure. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The stream that is open now. */
  get stream(): ReplicationStream | undefined {
    return this.#stream;
  }

  start(): void {
    this.#finished = this.#loop();
  }

  /** Drops the slot and makes a new one, since the slot or the publication is lost. */
  recreate(reason: string): void {
    this.#log.warn({ reason }, "the replication slot is made again");
    this.#recreate = true;
    this.#stream?.stop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stream?.stop();
    this.#wake();
    await this.#finished;
  }

  /** Calls `watcher` at every change of `health`, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Waits until the stream is active.
   *
   * @throws NotReadyError after `ms`, or at once when only a person can help. Its cause is the last failure.
   */
  async untilActive(ms: number): Promise<void> {
    if (this.#health === "active") return;
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        done();
        reject(this.#notReady());
      };
      const check = () => {
        if (this.#health === "failed") giveUp();
        if (this.#health !== "active") return;
        done();
        resolve();
      };
      const timer = setTimeout(giveUp, ms);
      const unwatch = this.watch(check);
      const done = () => {
        clearTimeout(timer);
        unwatch();
      };
      check();
    });
  }

  #notReady(): NotReadyError {
    const cause = this.#failure;
    return new NotReadyError(cause?.message ?? "The database has not been reached yet.", { cause });
  }

  async #loop(): Promise<void> {
    let delay = firstDelayMs;
    while (!this.#stopped) {
      const stream = new ReplicationStream(this.#databaseUrl, this.#names, this.#reader);
      this.#stream = stream;
      const recreate = this.#recreate;
      this.#recreate = false;
      let failure: unknown;
      try {
        await stream.run(recreate);
      } catch (error) {
        failure = error;
      }
      this.#stream = undefined;
      if (this.#stopped) return;
      if (this.#health === "active") delay = firstDelayMs;
      const remedy = remedyFor(failure);
      this.#report(failure, remedy);
      if (remedy === "give-up") return;
      if (remedy === "recreate") this.#recreate = true;
      await this.#sleep(delay);
      delay = Math.min(delay * 2, longestDelayMs);
    }
  }

  #report(failure: unknown, remedy: Remedy): void {
    const error = failure instanceof Error ? failure : new Error(String(failure));
    const health = remedy === "give-up" ? "failed" : remedy === "wait" ? "waiting" : "starting";
    const known = this.#health === health && this.#failure?.message === error.message;
    this.#setHealth(health, error);
    // A failure is logged once, however often the server tries again.
    if (known) return;
    const advice = error instanceof SetupError ? error.advice : undefined;
    this.#log.warn({ reason: error.message, code: codeOf(error), advice, remedy }, "replication has stopped");
  }

  #setHealth(health: Health, failure: Error | undefined): void {
    this.#health = health;
    this.#failure = failure;
    for (const watcher of [...this.#watchers]) watcher();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
