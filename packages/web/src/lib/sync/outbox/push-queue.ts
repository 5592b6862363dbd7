import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { backoff } from "~/lib/sync/backoff";
import { type Edit, WriteRefused } from "~/lib/sync/outbox/edit";
import { bytesOf } from "~/lib/sync/outbox/edit-size";
import { Pauses } from "~/lib/sync/outbox/pauses";
import type { Push, PushResult } from "~/lib/sync/outbox/push-client";
import { pushBytes, transactionsPerPush } from "~/lib/wire/push";

/** How long an edit may wait for its outcome before the page shows the edit as unconfirmed, in milliseconds. */
export const slowAfter = 5_000;

/** The longest wait after a failure that the server has not asked for, in milliseconds. */
const longest = 30_000;

/** How long to wait after the server has found no session, in milliseconds, unless the page comes back earlier. */
const signedOutPause = 60_000;

/** An edit whose outcome is not known yet. */
export interface QueuedEdit {
  readonly edit: Edit;
  /** True after a request with the edit has failed, or while the outcome is late. */
  overdue: boolean;
  readonly outcome: Promise<{ txid: number }>;
}

interface Entry extends QueuedEdit {
  readonly bytes: number;
  settle: (outcome: { txid: number } | WriteRefused) => void;
}

/** The parts of the outbox that the queue needs. */
interface Surroundings {
  push: Push;
  signal: AbortSignal;
  /** Resolves when the edits of closed tabs are loaded. Nothing is sent before. */
  ready: () => Promise<void>;
  /** Called when the waiting edits or their states have changed. */
  onChange: () => void;
  /** Called when the server finds no session of the user. */
  onSignedOut: () => void;
}

/**
 * Sends edits in their order, one request at a time. Edits that queue up during a request travel together in the next
 * one. An edit stays in the queue and is sent again until the server answers with the outcome.
 */
export class PushQueue {
  readonly #around: Surroundings;
  readonly #pauses: Pauses;
  #entries: Entry[] = [];
  #running = false;
  /** How many transactions to send one by one, because the server refused the request that held them all. */
  #alone = 0;
  /** The request under way. */
  #request: { abort: AbortController; since: number } | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#pauses = new Pauses(around.signal);
  }

  /** The edits whose outcome is not known, in their order. */
  get waiting(): readonly QueuedEdit[] {
    return this.#entries;
  }

  /** Puts an edit at the end of the queue. `outcome` rejects with WriteRefused when the edit is refused. */
  add(edit: Edit): QueuedEdit {
    const entry = this.#entryOf(edit);
    this.#entries.push(entry);
    this.#go();
    return entry;
  }

  /** Puts edits of closed tabs before all others, in the given order. */
  addEarlier(edits: readonly Edit[]): QueuedEdit[] {
    const entries = edits.map((edit) => this.#entryOf(edit));
    this.#entries = [...entries, ...this.#entries];
    this.#go();
    return entries;
  }

  /** Ends the wait before the next request, and aborts a request that seems to hang. */
  readonly retry = (): void => {
    this.#pauses.wake();
    if (this.#request && Date.now() - this.#request.since > slowAfter) this.#request.abort.abort();
  };

  #go(): void {
    this.#around.onChange();
    if (this.#running) return;
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
    });
  }

  async #run(): Promise<void> {
    const { ready, signal } = this.#around;
    // Edits that are made in the same turn travel together.
    await Promise.resolve();
    await ready();
    for (let failures = 0; this.#entries.length > 0 && !signal.aborted; ) {
      const batch = nextBatch(this.#entries, this.#alone > 0 ? 1 : transactionsPerPush);
      const pause = this.#take(batch, await this.#send(batch), failures);
      failures = pause === 0 ? 0 : failures + 1;
      if (pause > 0 && (await this.#pauses.wait(pause))) failures = 0;
    }
  }

  async #send(batch: readonly Entry[]): Promise<PushResult> {
    const abort = new AbortController();
    this.#request = { abort, since: Date.now() };
    const signal = AbortSignal.any([this.#around.signal, abort.signal]);
    const result = await this.#around.push(
      batch.map(({ edit }) => edit),
      signal,
    );
    this.#request = undefined;
    return result;
  }

  /** Handles the result of a request. Returns how long to wait before the next request, in milliseconds. */
  #take(batch: readonly Entry[], result: PushResult, failures: number): number {
    if (this.#around.signal.aborted) return 0;
    switch (result.kind) {
      case "answered": {
        const known = new Map(result.answer.outcomes.map((outcome) => [outcome.id, outcome]));
        for (const entry of batch) {
          const outcome = known.get(entry.edit.id);
          if (outcome) this.#settle(entry, "txid" in outcome ? outcome : new WriteRefused(outcome.refusal));
        }
        return batch.every(({ edit }) => known.has(edit.id))
          ? 0
          : this.#failed(batch, backoff(failures, { longest }));
      }
      case "refused":
        return this.#refuse(batch, result.refusal);
      case "signed-out":
        this.#around.onSignedOut();
        return this.#failed(batch, signedOutPause);
      case "unknown":
        return this.#failed(batch, backoff(failures, { longest, atLeast: result.retryAfter }));
    }
  }

  /** Handles a refused request. After a refused batch, each transaction is sent alone to find the refused one. */
  #refuse(batch: readonly Entry[], refusal: Refusal): number {
    const [only, second] = batch;
    if (second) this.#alone = batch.length;
    else if (only) this.#settle(only, new WriteRefused(refusal));
    return 0;
  }

  #settle(entry: Entry, outcome: { txid: number } | WriteRefused): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    if (this.#alone > 0) this.#alone -= 1;
    entry.settle(outcome);
    this.#around.onChange();
  }

  #failed(batch: readonly Entry[], pause: number): number {
    for (const entry of batch) entry.overdue = true;
    this.#around.onChange();
    return pause;
  }

  #entryOf(edit: Edit): Entry {
    const { promise: outcome, resolve, reject } = Promise.withResolvers<{ txid: number }>();
    // Keeps a refusal that no caller handles from being an unhandled rejection.
    outcome.catch(() => {});
    const late = setTimeout(() => {
      entry.overdue = true;
      this.#around.onChange();
    }, slowAfter);
    const entry: Entry = {
      edit,
      outcome,
      overdue: false,
      bytes: bytesOf(edit),
      settle: (settled) => {
        clearTimeout(late);
        if (settled instanceof WriteRefused) reject(settled);
        else resolve({ txid: settled.txid });
      },
    };
    this.#around.signal.addEventListener("abort", () => clearTimeout(late), { once: true });
    return entry;
  }
}

/** Takes as many edits from the start as one request can carry, and at least one. */
function nextBatch(entries: readonly Entry[], most: number): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += entry.bytes;
    return index > 0 && (index >= most || bytes > pushBytes);
  });
  return entries.slice(0, end === -1 ? entries.length : end);
}
