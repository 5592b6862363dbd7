import { collectionsFor, endCollections } from "~/lib/collections";
import { authClient } from "~/lib/session/auth-client";
import { tellOtherTabs } from "~/lib/session/session-end";

/**
 * Ends the session, leaves the user's pages, here and in the browser's other tabs, and then forgets all of their rows: a
 * page that is still open would open its collections again. What the user changed and the server has not confirmed is
 * forgotten too: ask before.
 *
 * @param leave goes to a page that shows no rows
 * @throws with a readable message when the server cannot be reached: then the person is still signed in
 */
export async function signOut(userId: string, leave: () => Promise<void>): Promise<void> {
  const { error } = await authClient.signOut();
  if (error) throw new Error("You could not be signed out: the server cannot be reached. Try again.");
  await collectionsFor(userId).outbox.discard();
  await leave();
  tellOtherTabs();
  await endCollections();
}
