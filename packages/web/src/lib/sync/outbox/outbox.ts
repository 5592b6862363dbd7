import { createTransaction, type Transaction } from "@tanstack/react-db";
import { sessionEnded } from "~/lib/session/session-end";
import { onReturn } from "~/lib/sync/on-return";
import { type Edit, WriteRefused } from "~/lib/sync/outbox/edit";
import { unsendable } from "~/lib/sync/outbox/edit-size";
import { KeptEdits } from "~/lib/sync/outbox/kept-edits";
import { OutboxStateStore, type RefusedEdit } from "~/lib/sync/outbox/outbox-state";
import { pushClient } from "~/lib/sync/outbox/push-client";
import { PushQueue, type QueuedEdit } from "~/lib/sync/outbox/push-queue";
import { type RowMutation, Writers } from "~/lib/sync/outbox/writers";

/**
 * How long a saved edit stays visible while the sync does not bring the edit back, in milliseconds: as long as a timer
 * can wait. A page that undid the edit would show values that the server no longer holds.
 */
const confirmTimeout = 2 ** 31 - 1;

/**
 * Marks a transaction that `insert`, `update` or `delete` of a collection made. TanStack DB keeps the optimistic rows of
 * such a transaction when the transaction is confirmed, until the next synced change of the row. Here a transaction is
 * confirmed after its rows have been synced, and there may be no next change: the row would show an old edit for ever.
 */
const directTransaction = "__tanstack_db_direct";

/** The parts of a TanStack DB transaction that the outbox uses. */
interface AnyTransaction {
  /** A UUID by default. */
  readonly id: string;
  readonly mutations: readonly RowMutation[];
  readonly metadata: Record<string, unknown>;
}

/**
 * The edits of one user in this tab whose outcome is not known. The outbox sends each TanStack DB transaction as one
 * client transaction, in the order of the edits, and sends it again until the server answers with the outcome.
 */
export class Outbox {
  readonly writers = new Writers();
  readonly state = new OutboxStateStore();
  readonly #ended = new AbortController();
  readonly #queue: PushQueue;
  readonly #kept: KeptEdits;
  /** Resolves when the edits of closed tabs are loaded. */
  #looked: Promise<void> = Promise.resolve();
  readonly #byTransaction = new WeakMap<object, QueuedEdit>();
  /** How many callers wait for the outcome of each edit. A refusal that a caller receives is not listed as well. */
  readonly #attended = new Map<string, number>();
  #refused: readonly RefusedEdit[] = [];
  /** How many edits are saved that the sync has not brought back. */
  #unseen = 0;

  constructor(userId: string) {
    const { signal } = this.#ended;
    this.#kept = new KeptEdits({
      userId,
      signal,
      resume: (edits) => this.#resume(edits),
      refuse: (edit, refusal) => this.#list(edit, new WriteRefused(refusal)),
    });
    this.#queue = new PushQueue({
      push: pushClient(userId),
      signal,
      ready: () => this.#looked,
      onChange: () => this.#changed(),
      onSignedOut: sessionEnded,
    });
  }

  /** Starts to send in a page, including the edits of closed tabs. Call when the collections exist. */
  start(): void {
    const { signal } = this.#ended;
    this.#looked = this.#kept.start();
    onReturn(this.#queue.retry, signal);
    const whenVisible = () => document.visibilityState === "visible" && this.#queue.retry();
    document.addEventListener("visibilitychange", whenVisible, { signal });
    window.addEventListener("offline", () => this.#changed(), { signal });
    const warn = (event: Event) => this.#queue.waiting.length > 0 && event.preventDefault();
    window.addEventListener("beforeunload", warn, { signal });
  }

  /**
   * Sends a transaction over one or several collections. The server saves all of the transaction or nothing. For
   * `onInsert`, `onUpdate` and `onDelete` of the collections, and for `createTransaction({ mutationFn: outbox.send })`.
   * Resolves when the sync has brought the transaction back.
   *
   * @throws WriteRefused when the server refuses the edit. TanStack DB then undoes the edit
   */
  readonly send = async ({ transaction }: { transaction: AnyTransaction }): Promise<void> => {
    delete transaction.metadata[directTransaction];
    const { edit, outcome } = this.#add(transaction);
    await this.#seen(edit, (await outcome).txid);
  };

  /**
   * Makes changes in several collections as one edit. The server saves all of the changes or none.
   *
   * @param change calls `insert`, `update` and `delete` on the user's collections
   */
  readonly transact = (change: () => void): Transaction =>
    createTransaction<Record<string, unknown>>({ mutationFn: this.send }).mutate(change);

  /**
   * Waits for the outcome of an edit. Resolves as soon as the server has saved the edit, before the sync brings it
   * back.
   *
   * @param until aborts when the caller no longer handles a refusal. A later refusal is listed in {@link state}
   * @throws WriteRefused when the server refuses the edit
   */
  async outcomeOf(
    transaction: { isPersisted: { promise: Promise<unknown> } },
    { until }: { until?: AbortSignal } = {},
  ): Promise<void> {
    const queued = this.#byTransaction.get(transaction);
    // TanStack DB does not send a transaction that changes nothing.
    if (!queued) return void (await transaction.isPersisted.promise);
    const { id } = queued.edit;
    this.#attend(id, 1);
    const leave = () => this.#attend(id, -1);
    if (until?.aborted) leave();
    else until?.addEventListener("abort", leave, { once: true });
    await queued.outcome;
  }

  /**
   * Whether an edit of this browser may have been saved and may still wait for the sync to bring it back. The first load of
   * a shape tells of all earlier transactions. A catch-up tells only of those since its place.
   */
  readonly mayLackTxid = async (): Promise<boolean> =>
    this.#queue.waiting.length > 0 || this.#unseen > 0 || (await this.#kept.hasUnsent());

  /** Sends the waiting edits at once. */
  readonly retry = () => this.#queue.retry();

  /** Stops. The next outbox of the same user sends the unsent edits. */
  end(): void {
    this.#ended.abort();
  }

  /** Stops, and deletes the unsent edits of all tabs. */
  async discard(): Promise<void> {
    this.end();
    await this.#kept.forgetAll();
  }

  #add(transaction: AnyTransaction): QueuedEdit {
    const { mutations } = transaction;
    const edit: Edit = {
      id: transaction.id,
      after: this.#insertsOf(transaction),
      // Through JSON, so that a repeated request has the same digest on the server.
      operations: JSON.parse(JSON.stringify(mutations.map((one) => this.writers.operationOf(one)))),
      changes: mutations.map((one) => this.writers.changeOf(one)),
      createdAt: Date.now(),
    };
    const refusal = unsendable(edit);
    const queued = refusal ? refusedAtOnce(edit, refusal) : this.#queue.add(edit);
    this.#byTransaction.set(transaction, queued);
    // The edit is sent without waiting for the store.
    if (!refusal) this.#kept.keep(edit);
    this.#follow(queued);
    return queued;
  }

  /** Sends and shows edits of closed tabs. */
  #resume(edits: readonly Edit[]): void {
    for (const queued of this.#queue.addEarlier(edits)) {
      this.#follow(queued);
      void this.#show(queued);
    }
  }

  /** Shows an edit of a closed tab once the collections have their rows, until the sync brings the edit. */
  async #show(queued: QueuedEdit): Promise<void> {
    const { edit, outcome } = queued;
    await this.writers.ready(edit.changes.map(({ collection }) => collection));
    if (!this.#queue.waiting.includes(queued)) return;
    const transaction = createTransaction<Record<string, unknown>>({
      mutationFn: async () => this.#seen(edit, (await outcome).txid),
    });
    this.#byTransaction.set(transaction, queued);
    // TanStack DB undoes the edit after a refusal, and `#follow` lists the refusal.
    transaction.isPersisted.promise.catch(() => {});
    transaction.mutate(() => {
      for (const change of edit.changes) this.writers.applyIfFitting(change);
    });
  }

  #follow({ edit, outcome }: QueuedEdit): void {
    const done = () => {
      this.#attended.delete(edit.id);
      this.#kept.forget(edit.id);
    };
    outcome.then(done, (refusal: WriteRefused) => {
      if (this.#attended.has(edit.id)) return done();
      this.#kept.keepRefused(edit, refusal);
      this.#list(edit, refusal);
    });
  }

  /** The waiting edits that insert a row of this transaction. When one is refused, the transaction is refused too. */
  #insertsOf({ mutations }: AnyTransaction): string[] {
    const keys = new Set(mutations.map((one) => this.writers.changeOf(one)).map(rowOf));
    return this.#queue.waiting
      .filter(({ edit }) => edit.changes.some((one) => one.type === "insert" && keys.has(rowOf(one))))
      .map(({ edit }) => edit.id);
  }

  /**
   * Waits until each collection of an edit has the rows of the transaction. Never rejects, even when a collection ends
   * meanwhile: the edit is saved, so TanStack DB must not undo the edit.
   */
  async #seen({ changes }: Edit, txid: number): Promise<void> {
    const names = new Set(changes.map(({ collection }) => collection));
    this.#unseen++;
    await Promise.allSettled(
      [...names].map((name) => this.writers.named(name)?.utils.awaitTxId?.(txid, confirmTimeout)),
    );
    this.#unseen--;
  }

  #attend(id: string, change: 1 | -1): void {
    const count = (this.#attended.get(id) ?? 0) + change;
    if (count > 0) this.#attended.set(id, count);
    else this.#attended.delete(id);
  }

  /** Lists a refusal that no caller waits for. */
  #list({ id, changes }: Edit, { message, fields }: WriteRefused): void {
    const dismiss = () => {
      this.#refused = this.#refused.filter((other) => other.id !== id);
      this.#kept.forget(id);
      this.#changed();
    };
    const tryAgain = () => {
      try {
        this.transact(() => {
          for (const change of changes) this.writers.apply(change);
        });
        dismiss();
      } catch (error) {
        console.warn("The change does not fit the rows that are there.", error);
      }
    };
    this.#refused = [...this.#refused, { id, message, fields, changes, tryAgain, dismiss }];
    this.#changed();
  }

  #changed(): void {
    this.state.update(this.#queue.waiting, this.#refused);
  }
}

/** A name for a row that is unique among all collections. */
const rowOf = ({ collection, key }: { collection: string; key: string }) => `${collection} ${key}`;

function refusedAtOnce(edit: Edit, refusal: WriteRefused): QueuedEdit {
  return { edit, overdue: false, outcome: Promise.reject(refusal) };
}
