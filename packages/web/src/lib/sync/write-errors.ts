import { TimeoutWaitingForTxIdError } from "@tanstack/electric-db-collection";
import { TRPCClientError } from "@trpc/client";

/** What a person reads who saves without a connection. */
export const offlineMessage =
  "You are offline, so nothing was saved. Your text is kept: save again when you are back.";

/**
 * Why an edit was undone, for the person who made it.
 *
 * @param error what `transaction.isPersisted.promise` rejected with
 */
export function writeErrorMessage(error: unknown): string {
  if (error instanceof TimeoutWaitingForTxIdError) {
    return "Your change was saved, but it has not come back yet. It will show as soon as the sync works again.";
  }
  if (error instanceof TRPCClientError) {
    if (error.data !== undefined && error.data !== null) return error.message;
    return typeof navigator !== "undefined" && !navigator.onLine
      ? offlineMessage
      : "The server cannot be reached, so nothing was saved. Your text is kept: try again in a moment.";
  }
  return "Something went wrong, and nothing was saved. Try again.";
}
