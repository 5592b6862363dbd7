/**
 * Calls back when the network or the page comes back: the browser is online again, or the browser goes on with a page
 * that the browser had frozen or had kept in its back/forward cache. Does nothing on the server.
 *
 * @param signal removes the listeners
 */
export function onReturn(callback: () => void, signal: AbortSignal): void {
  if (typeof window === "undefined" || typeof document === "undefined") return;
  window.addEventListener("online", () => callback(), { signal });
  window.addEventListener("pageshow", ({ persisted }) => persisted && callback(), { signal });
  document.addEventListener("resume", () => callback(), { signal });
}
