import { authClient } from "~/lib/session/auth-client";

type EndListener = () => void;
const listeners = new Set<EndListener>();

/** By which the tabs of a browser tell each other of it. */
const channelName = "tracer-session-end";

/**
 * Calls back when the session that this page was opened with may be over: the server no longer knows it, or another tab
 * has ended it. Gives the way to stop.
 */
export function onSessionEnd(listener: EndListener): () => void {
  const otherTabs = new BroadcastChannel(channelName);
  otherTabs.addEventListener("message", listener);
  listeners.add(listener);
  return () => {
    otherTabs.close();
    listeners.delete(listener);
  };
}

/** Tells the other tabs that the session was ended here, so that they need not wait for a request to be refused. */
export function tellOtherTabs(): void {
  const otherTabs = new BroadcastChannel(channelName);
  otherTabs.postMessage("ended");
  otherTabs.close();
}

/** Says that the session of this page is over: ended elsewhere, expired, or replaced by another user's. */
export function sessionEnded(): void {
  for (const listener of listeners) listener();
}

/**
 * Asks the server whether the browser is still signed in as this user.
 *
 * @returns undefined when the server cannot be asked
 */
export async function sessionStillOf(userId: string): Promise<boolean | undefined> {
  const { data, error } = await authClient.getSession({ query: { disableCookieCache: true } });
  return error ? undefined : data?.user.id === userId;
}
