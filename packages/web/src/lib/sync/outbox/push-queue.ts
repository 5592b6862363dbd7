import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { backoff } from "~/lib/sync/backoff";
import { type Edit, WriteRefused } from "~/lib/sync/outbox/edit";
import { Pauses } from "~/lib/sync/outbox/pauses";
import type { Push, PushResult } from "~/lib/sync/outbox/push-client";
import { pushBytes, transactionsPerPush } from "~/lib/wire/push";

/** How long an edit may wait for its outcome before the person is told that it is not confirmed, in milliseconds. */
export const slowAfter = 5_000;

/** The longest wait after a failure that the server has not asked for, in milliseconds. */
const longest = 30_000;

/** How long to wait after the server knew no session, in milliseconds, unless the page comes back earlier. */
const signedOutPause = 60_000;

/** An edit whose outcome is not known yet. */
export interface QueuedEdit {
  readonly edit: Edit;
  /** A request for it failed, or its outcome is late. */
  overdue: boolean;
  readonly outcome: Promise<{ txid: number }>;
}

interface Entry extends QueuedEdit {
  readonly bytes: number;
  settle: (outcome: { txid: number } | WriteRefused) => void;
}

/** What the queue needs of the outbox. */
interface Surroundings {
  push: Push;
  signal: AbortSignal;
  /** What came before in this browser has been found by then. Nothing is sent earlier. */
  ready: () => Promise<void>;
  /** Something about the waiting edits has changed. */
  onChange: () => void;
  /** The server knows no session of the user. */
  onSignedOut: () => void;
}

/**
 * Sends edits in their order, one request at a time. What has queued up meanwhile travels together. An edit stays in the
 * queue, and is sent again, until the server says what became of it.
 */
export class PushQueue {
  readonly #around: Surroundings;
  readonly #pauses: Pauses;
  #entries: Entry[] = [];
  #running = false;
  /** How many transactions are to be sent alone, since the server refused them together. */
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

  /** Puts an edit at the end. Its outcome rejects with WriteRefused. */
  add(edit: Edit): QueuedEdit {
    const entry = this.#entryOf(edit);
    this.#entries.push(entry);
    this.#go();
    return entry;
  }

  /** Puts edits of earlier visits, in their order, before all others. */
  addEarlier(edits: readonly Edit[]): QueuedEdit[] {
    const entries = edits.map((edit) => this.#entryOf(edit));
    this.#entries = [...entries, ...this.#entries];
    this.#go();
    return entries;
  }

  /** Sends at once what waits for another try. Gives up a request that seems to hang. */
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
    // Edits that are made in one go travel together.
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

  /** Acts on what came of a request. Gives the wait before the next one, in milliseconds. */
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

  /** Which of several transactions the server did not like is found by sending them one by one. */
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
    // Whoever wants to know asks for the outcome. Nobody has to.
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

/** How long the operations of an edit are as JSON, in bytes. */
export function bytesOf({ operations }: Pick<Edit, "operations">): number {
  return new TextEncoder().encode(JSON.stringify(operations)).byteLength;
}

/** As many from the start as one request takes, and at least one. */
function nextBatch(entries: readonly Entry[], most: number): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += entry.bytes;
    return index > 0 && (index >= most || bytes > pushBytes);
  });
  return entries.slice(0, end === -1 ? entries.length : end);
}
