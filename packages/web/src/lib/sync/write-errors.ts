import { WriteRefused } from "~/lib/sync/outbox/edit";

/**
 * Why an edit was undone, for the person who made it.
 *
 * @param error what `outbox.outcomeOf(…)` or `transaction.isPersisted.promise` rejected with
 */
export function writeErrorMessage(error: unknown): string {
  if (error instanceof WriteRefused) return error.message;
  // Nothing was sent, or the collections have ended: only the server can say that nothing was saved.
  return "Something went wrong. Look whether your change was saved before you make it again.";
}

/** What the server said about single fields of an edit, by their names. Empty when it was about none. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  return error instanceof WriteRefused ? error.fields : {};
}
