import { WriteRefused } from "~/lib/sync/outbox/edit";

/**
 * Returns the reason why an edit was undone, for the person who made the edit.
 *
 * @param error the rejection of `outbox.outcomeOf(…)` or `transaction.isPersisted.promise`
 */
export function writeErrorMessage(error: unknown): string {
  if (error instanceof WriteRefused) return error.message;
  // Only a refusal by the server proves that nothing was saved. Any other error leaves that open.
  return "Something went wrong. Check whether your change was saved before you make it again.";
}

/** Returns the messages of a refusal about single fields, by the name of the field. Empty when there are none. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  return error instanceof WriteRefused ? error.fields : {};
}
