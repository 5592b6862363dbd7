/**
 * How the session ended: `signed-out` by the person, in another tab; `refused` by the server, because the session has
 * expired, was revoked, or belongs to another user by now; `account-deleted` by the person, in another tab.
 */
export type SessionEnd = "signed-out" | "refused" | "account-deleted";

type EndListener = (end: SessionEnd) => void;
const listeners = new Set<EndListener>();

/** The name of the broadcast channel on which one tab announces to the others that the session has ended. */
const channelName = "tracer-session-end";

/**
 * Calls the listener when the session of this page may have ended: the server has refused the session, or another tab
 * has ended it.
 *
 * @returns a function that removes the listener
 */
export function onSessionEnd(listener: EndListener): () => void {
  const otherTabs = new BroadcastChannel(channelName);
  otherTabs.addEventListener("message", ({ data }) =>
    listener(data === "account-deleted" ? data : "signed-out"),
  );
  listeners.add(listener);
  return () => {
    otherTabs.close();
    listeners.delete(listener);
  };
}

/**
 * Announces to the other tabs how this tab has ended the session, so that they leave before the server refuses their
 * requests.
 */
export function notifyOtherTabs(end: "signed-out" | "account-deleted" = "signed-out"): void {
  const otherTabs = new BroadcastChannel(channelName);
  otherTabs.postMessage(end);
  otherTabs.close();
}

/** Calls the listeners of this page. Call this function when the server has refused the session. */
export function sessionEnded(): void {
  for (const listener of listeners) listener("refused");
}

/**
 * Asks the server whether the browser is still signed in as this user.
 *
 * @returns undefined when the server cannot answer
 */
export async function sessionStillOf(userId: string): Promise<boolean | undefined> {
  // Without better-auth's client, which the page has not loaded yet and may be unable to load now.
  const answer = await fetch("/api/auth/get-session?disableCookieCache=true").catch(() => undefined);
  if (!answer?.ok) return undefined;
  const session: { user: { id: string } } | null | undefined = await answer.json().catch(() => undefined);
  return session === undefined ? undefined : session?.user.id === userId;
}
