import type { Change } from "~/lib/sync/outbox/edit";
import type { QueuedEdit } from "~/lib/sync/outbox/push-queue";

/**
 * How far an edit is: `saving` at first, `unconfirmed` when a try has failed or the answer is late, `offline` while the
 * browser has no network.
 */
export type WaitingStatus = "saving" | "unconfirmed" | "offline";

/** An edit of which the server has not said what became of it. */
export interface WaitingEdit {
  readonly id: string;
  readonly status: WaitingStatus;
  readonly changes: readonly Change[];
}

/** An edit that was refused while nobody waited for its outcome, and so was undone. */
export interface RefusedEdit {
  readonly id: string;
  /** Why, for a person to read. */
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What the edit would have done, so that nothing that was typed is lost. */
  readonly changes: readonly Change[];
  /** Makes the edit again, as a new one. Does nothing when the edit no longer fits the rows that are there. */
  readonly tryAgain: () => void;
  /** Forgets the edit. */
  readonly dismiss: () => void;
}

export interface OutboxState {
  readonly waiting: readonly WaitingEdit[];
  readonly refused: readonly RefusedEdit[];
}

export const emptyOutbox: OutboxState = { waiting: [], refused: [] };

/** The state as a store for `useSyncExternalStore`. */
export class OutboxStateStore {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The present state. The same object until something changes. */
  readonly read = (): OutboxState => this.#state;

  update(waiting: readonly QueuedEdit[], refused: readonly RefusedEdit[]): void {
    this.#state = { waiting: waiting.map(shown), refused };
    for (const listener of this.#listeners) listener();
  }
}

function shown({ edit, overdue }: QueuedEdit): WaitingEdit {
  const offline = typeof navigator !== "undefined" && navigator.onLine === false;
  const status = offline ? "offline" : overdue ? "unconfirmed" : "saving";
  return { id: edit.id, status, changes: edit.changes };
}
