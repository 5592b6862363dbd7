import type { Change } from "~/lib/sync/outbox/edit";
import type { QueuedEdit } from "~/lib/sync/outbox/push-queue";

/**
 * How far an edit is: `saving` at first, `unconfirmed` after a request has failed or while the answer is late,
 * `offline` while the browser has no network.
 */
export type WaitingStatus = "saving" | "unconfirmed" | "offline";

/** An edit whose outcome is not known yet. */
export interface WaitingEdit {
  readonly id: string;
  readonly status: WaitingStatus;
  readonly changes: readonly Change[];
}

/** An edit that the server refused while no form waited for the outcome. The edit was undone in the page. */
export interface RefusedEdit {
  readonly id: string;
  /** The reason, for a person to read. */
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** The changes that were undone, so that the person does not lose typed text. */
  readonly changes: readonly Change[];
  /** Makes the same changes in a new edit. Does nothing when the changes no longer fit the rows. */
  readonly tryAgain: () => void;
  /** Forgets the edit. */
  readonly dismiss: () => void;
}

export interface OutboxState {
  readonly waiting: readonly WaitingEdit[];
  readonly refused: readonly RefusedEdit[];
}

export const emptyOutbox: OutboxState = { waiting: [], refused: [] };

/** Holds the state of the outbox for `useSyncExternalStore`. */
export class OutboxStateStore {
  #state = emptyOutbox;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Returns the present state: the same object until the state changes. */
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
