/**
 * The name in `localStorage` of the user whose rows the browser's store holds. A page looks into the store only when this
 * is the page's own user, so nobody else waits for the store.
 */
export const keptFor = "tracer-rows-of";

/**
 * Deletes whatever rows the browser keeps. For a page that only people without a session see: the session may have ended
 * while no page of the app was open.
 */
export async function forgetKeptRows(): Promise<void> {
  if (localStorage.getItem(keptFor) === null) return;
  const { wipeRows } = await import("~/lib/sync/kept/row-store");
  await wipeRows();
  localStorage.removeItem(keptFor);
}
