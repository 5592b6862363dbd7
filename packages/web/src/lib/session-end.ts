import { authClient } from "~/lib/auth-client";

type EndListener = () => void;
const listeners = new Set<EndListener>();

/** Calls back when the server no longer knows the session that this page was opened with. Gives the way to stop. */
export function onSessionEnd(listener: EndListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
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
