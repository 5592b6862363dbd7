/** The name of the broadcast channel on which a tab announces that somebody is signed in there. */
const channelName = "tracer-session-begin";

/** Announces to the other tabs that somebody is signed in: one of them may be waiting for that. */
export function announceSession(): void {
  const otherTabs = new BroadcastChannel(channelName);
  otherTabs.postMessage("signed-in");
  otherTabs.close();
}

/**
 * Calls the listener when the person may have signed in elsewhere: another tab says so, or the person comes back to this
 * page.
 *
 * @returns a function that removes the listener
 */
export function onSessionBegin(listener: () => void): () => void {
  const otherTabs = new BroadcastChannel(channelName);
  const look = () => void (document.visibilityState === "visible" && listener());
  otherTabs.addEventListener("message", listener);
  document.addEventListener("visibilitychange", look);
  return () => {
    otherTabs.close();
    document.removeEventListener("visibilitychange", look);
  };
}
