import { createTransaction, type Transaction } from "@tanstack/react-db";
import { sessionEnded } from "~/lib/session/session-end";
import { onReturn } from "~/lib/sync/on-return";
import { type Edit, WriteRefused } from "~/lib/sync/outbox/edit";
import { KeptEdits } from "~/lib/sync/outbox/kept-edits";
import { OutboxStateStore, type RefusedEdit } from "~/lib/sync/outbox/outbox-state";
import { pushClient, tooLong } from "~/lib/sync/outbox/push-client";
import { bytesOf, PushQueue, type QueuedEdit } from "~/lib/sync/outbox/push-queue";
import { type RowMutation, Writers } from "~/lib/sync/outbox/writers";
import { operationsPerTransaction, pushBytes } from "~/lib/wire/push";

/**
 * How long a saved edit stays in its optimistic state while the sync does not bring it back, in milliseconds: as long as
 * a timer can wait. To undo it would show what is no longer so.
 */
const confirmTimeout = 2 ** 31 - 1;

/** What is used of a transaction of TanStack DB. */
interface AnyTransaction {
  /** A UUID, unless somebody gives another one. */
  readonly id: string;
  readonly mutations: readonly RowMutation[];
}

/**
 * What one user has changed in this tab and the server has not confirmed. Each transaction of TanStack DB is sent as one
 * client transaction, in the order in which they were made, until the server says what became of it.
 */
export class Outbox {
  readonly writers = new Writers();
  readonly state = new OutboxStateStore();
  readonly #ended = new AbortController();
  readonly #queue: PushQueue;
  readonly #kept: KeptEdits;
  /** What earlier tabs have left was looked for. */
  #looked: Promise<void> = Promise.resolve();
  readonly #byTransaction = new WeakMap<object, QueuedEdit>();
  /** How many wait for the outcome of an edit. Who waits is told there, and nowhere else. */
  readonly #attended = new Map<string, number>();
  #refused: readonly RefusedEdit[] = [];

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

  /** Begins the life in a page, when the collections are there: goes on with what earlier tabs have left. */
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
   * Sends a transaction, over one collection or several: all of it is saved, or nothing. For `onInsert`, `onUpdate` and
   * `onDelete` of the collections, and for `createTransaction({ mutationFn: outbox.send })`. Resolves when the sync has
   * brought the transaction back.
   *
   * @throws WriteRefused, by which TanStack DB undoes the edit
   */
  readonly send = async ({ transaction }: { transaction: AnyTransaction }): Promise<void> => {
    const { edit, outcome } = this.#add(transaction);
    await this.#seen(edit, (await outcome).txid);
  };

  /**
   * Makes changes in several collections as one edit: all of them are saved, or none.
   *
   * @param change calls `insert`, `update` and `delete` of the user's collections
   */
  readonly transact = (change: () => void): Transaction =>
    createTransaction<Record<string, unknown>>({ mutationFn: this.send }).mutate(change);

  /**
   * What the server said about an edit: resolves as soon as the edit is saved, before the sync has brought it back.
   *
   * @param until ends the wait. A refusal that comes later is listed in {@link state}
   * @throws WriteRefused
   */
  async outcomeOf(
    transaction: { isPersisted: { promise: Promise<unknown> } },
    { until }: { until?: AbortSignal } = {},
  ): Promise<void> {
    const queued = this.#byTransaction.get(transaction);
    // A transaction that changed nothing was not sent.
    if (!queued) return void (await transaction.isPersisted.promise);
    const { id } = queued.edit;
    this.#attend(id, 1);
    const leave = () => this.#attend(id, -1);
    if (until?.aborted) leave();
    else until?.addEventListener("abort", leave, { once: true });
    await queued.outcome;
  }

  /** Sends at once what waits for another try. */
  readonly retry = () => this.#queue.retry();

  /** Sends nothing more. What is unsent is left for the next outbox of the same user. */
  end(): void {
    this.#ended.abort();
  }

  /** Sends nothing more, and forgets what is unsent, of all tabs. */
  async discard(): Promise<void> {
    this.end();
    await this.#kept.forgetAll();
  }

  #add(transaction: AnyTransaction): QueuedEdit {
    const { mutations } = transaction;
    const edit: Edit = {
      id: transaction.id,
      after: this.#insertsOf(transaction),
      // As JSON holds them, so that a repetition is the same to the byte.
      operations: JSON.parse(JSON.stringify(mutations.map((one) => this.writers.operationOf(one)))),
      changes: mutations.map((one) => this.writers.changeOf(one)),
      createdAt: Date.now(),
    };
    const refusal = unsendable(edit);
    const queued = refusal ? refusedAtOnce(edit, refusal) : this.#queue.add(edit);
    this.#byTransaction.set(transaction, queued);
    // Not waited for: to keep the edit must not hold it up.
    if (!refusal) this.#kept.keep(edit);
    this.#follow(queued);
    return queued;
  }

  /** Goes on with edits of earlier visits. */
  #resume(edits: readonly Edit[]): void {
    for (const queued of this.#queue.addEarlier(edits)) {
      this.#follow(queued);
      void this.#show(queued);
    }
  }

  /** Shows an edit of an earlier visit in its collections, once they have their rows, until the sync brings it. */
  async #show(queued: QueuedEdit): Promise<void> {
    const { edit, outcome } = queued;
    await this.writers.ready(edit.changes.map(({ collection }) => collection));
    if (!this.#queue.waiting.includes(queued)) return;
    const transaction = createTransaction<Record<string, unknown>>({
      mutationFn: async () => this.#seen(edit, (await outcome).txid),
    });
    this.#byTransaction.set(transaction, queued);
    // Undone with the edit, which tells the person.
    transaction.isPersisted.promise.catch(() => {});
    transaction.mutate(() => {
      for (const change of edit.changes) this.writers.applyIfFitting(change);
    });
  }

  #follow({ edit, outcome }: QueuedEdit): void {
    const told = () => {
      this.#attended.delete(edit.id);
      this.#kept.forget(edit.id);
    };
    outcome.then(told, (refusal: WriteRefused) => {
      if (this.#attended.has(edit.id)) return told();
      this.#kept.keepRefused(edit, refusal);
      this.#list(edit, refusal);
    });
  }

  /** The edits that added the rows which this one changes, as far as they are under way: without them it is refused. */
  #insertsOf({ mutations }: AnyTransaction): string[] {
    const keys = new Set(mutations.map((one) => this.writers.changeOf(one)).map(rowOf));
    return this.#queue.waiting
      .filter(({ edit }) => edit.changes.some((one) => one.type === "insert" && keys.has(rowOf(one))))
      .map(({ edit }) => edit.id);
  }

  /**
   * Waits until each collection of an edit has what the transaction wrote. However long that takes, and also when a
   * collection ends meanwhile, the edit is saved: it must not be undone.
   */
  async #seen({ changes }: Edit, txid: number): Promise<void> {
    const names = new Set(changes.map(({ collection }) => collection));
    await Promise.allSettled(
      [...names].map((name) => this.writers.named(name)?.utils.awaitTxId?.(txid, confirmTimeout)),
    );
  }

  #attend(id: string, change: 1 | -1): void {
    const count = (this.#attended.get(id) ?? 0) + change;
    if (count > 0) this.#attended.set(id, count);
    else this.#attended.delete(id);
  }

  /** Lists a refusal that nobody waited for. */
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

/** Names a row among all rows. */
const rowOf = ({ collection, key }: { collection: string; key: string }) => `${collection} ${key}`;

/** Why no request can carry an edit. The server would refuse it too, but maybe days later. */
function unsendable(edit: Edit): WriteRefused | undefined {
  if (edit.operations.length > operationsPerTransaction) {
    const message = `This change is too big to send: at most ${operationsPerTransaction} rows at once. Split it.`;
    return new WriteRefused({ code: "PAYLOAD_TOO_LARGE", message });
  }
  return bytesOf(edit) > pushBytes ? new WriteRefused(tooLong) : undefined;
}

function refusedAtOnce(edit: Edit, refusal: WriteRefused): QueuedEdit {
  return { edit, overdue: false, outcome: Promise.reject(refusal) };
}
