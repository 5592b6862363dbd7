import { notifyOtherTabs } from "~/lib/session/session-end";
import { loadCollections } from "~/lib/sync/use-collections";
import { askAuth } from "./ask-auth";

/**
 * Ends the session, leaves the user's pages in all tabs, and then deletes the user's rows from the browser. The pages
 * go first, because an open page would start its collections again. Edits that the server has not confirmed are deleted
 * too, so ask before.
 *
 * @param leave opens a page that shows no rows
 * @throws when the server has not ended the session, so that the person is still signed in
 */
export async function signOut(userId: string, leave: () => Promise<void>): Promise<void> {
  // Before anything is ended: without the code, nothing could delete the edits.
  const { collectionsFor, endCollections } = await loadCollections(userId);
  const { error } = await askAuth("POST", "/sign-out", {});
  if (error) throw new Error("The server has not ended the session.", { cause: error });
  await collectionsFor(userId).outbox.discard();
  await leave();
  notifyOtherTabs();
  await endCollections();
}
