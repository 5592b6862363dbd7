import type { Outcome } from "@tracer/core/sync/client-transaction.sql";

/** How many operations a client transaction may hold. */
export const operationsPerTransaction = 100;

/** How many client transactions one request may carry. */
export const transactionsPerPush = 50;

/** For how long the server remembers what became of a client transaction, in days. A later repetition would write again. */
export const outcomeDays = 30;

/** One call of a procedure that writes: its path in the router, such as `users.update`, and its input as JSON holds it. */
export interface Operation {
  readonly path: string;
  readonly input: unknown;
}

/** Operations that Postgres applies in one transaction, or not at all. */
export interface PushedTransaction {
  /** A UUID that the client made. The server writes a transaction of this id once. */
  readonly id: string;
  /** Earlier transactions that changed one of the same rows: without them, this one makes no sense. */
  readonly after?: readonly string[];
  readonly operations: readonly Operation[];
}

/** What the server answers to a push. */
export interface PushAnswer {
  /** In the order of the request. Transactions that the server did not come to are absent. */
  readonly outcomes: readonly PushedOutcome[];
  /** The server stopped at a failure that passes. The absent transactions are to be sent again. */
  readonly retry?: true;
}

export type PushedOutcome = { readonly id: string } & Outcome;

/**
 * How long the operations of one transaction may be, in bytes of JSON. A little less than the server takes in one
 * request, so that the browser can say it before anything is sent.
 */
export const pushBytes = 1_000_000;
