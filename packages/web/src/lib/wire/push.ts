import type { Outcome } from "@tracer/core/sync/client-transaction.sql";

/** How many operations a client transaction may hold. */
export const operationsPerTransaction = 100;

/** How many client transactions one request may carry. */
export const transactionsPerPush = 50;

/** How long the server keeps the outcome of a client transaction, in days. A later repetition would write again. */
export const outcomeDays = 30;

/** One call of a procedure that writes: the path in the router, such as `users.update`, and the input as JSON. */
export interface Operation {
  readonly path: string;
  readonly input: unknown;
}

/** Operations that Postgres applies in one transaction, or not at all. */
export interface PushedTransaction {
  /** A UUID that the client made. The server writes the transaction with this id once. */
  readonly id: string;
  /** The ids of earlier transactions that insert rows of this one. When one is refused, this one is refused too. */
  readonly after?: readonly string[];
  readonly operations: readonly Operation[];
}

/** The answer of the server to a push. */
export interface PushAnswer {
  /** In the order of the request. Transactions that the server did not run are absent. */
  readonly outcomes: readonly PushedOutcome[];
  /** True when the server stopped at a failure that passes. The browser sends the absent transactions again. */
  readonly retry?: true;
}

export type PushedOutcome = { readonly id: string } & Outcome;

/**
 * How big the operations of one transaction may be, in bytes of JSON. The bound is a little below the limit of a
 * request, so that the browser can refuse an edit that no request could carry.
 */
export const pushBytes = 1_000_000;
