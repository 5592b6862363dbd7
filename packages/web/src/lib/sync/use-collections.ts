import { useRouteContext } from "@tanstack/react-router";
import { useCallback, useSyncExternalStore } from "react";

type Code = typeof import("~/lib/collections");
type Collections = ReturnType<Code["collectionsFor"]>;

/** The code of the sync. Undefined until the code has come. */
let code: Code | undefined;
let loading: Promise<Code> | undefined;
let isMissing = false;
const listeners = new Set<() => void>();

/**
 * Loads the code of the sync, and opens the collections of a user, once. The code weighs more than the rest of the page
 * together, and the rows of the first paint are there without the code. So what every page of a signed-in person has, such
 * as the badge, asks for the collections here, and works without them until they have come.
 *
 * @throws when the code cannot be loaded. A browser tries again only after a reload
 */
export function loadCollections(userId: string): Promise<Code> {
  loading ??= load(userId);
  return loading;
}

async function load(userId: string): Promise<Code> {
  try {
    const loaded = await import("~/lib/collections");
    // Reading the code, opening the collections and rendering are tasks of their own, so that the page answers in between.
    await turn();
    loaded.collectionsFor(userId);
    await turn();
    code = loaded;
    return loaded;
  } catch (error) {
    isMissing = true;
    throw error;
  } finally {
    for (const listener of listeners) listener();
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** Ends the collections, unless their code has never been asked for. */
export async function endLoadedCollections(): Promise<void> {
  await (await loading?.catch(() => undefined))?.endCollections();
}

/** Returns the collections of the signed-in user. Undefined on the server, and until the code of the sync has come. */
export function useCollections(): Collections | undefined {
  const { user } = useRouteContext({ from: "/_authed" });
  return useCode(user.id, readCode)?.collectionsFor(user.id);
}

/** True when the code of the sync could not be loaded. */
export function useSyncMissing(): boolean {
  const { user } = useRouteContext({ from: "/_authed" });
  return useCode(user.id, readMissing) ?? false;
}

function useCode<Seen>(userId: string, read: () => Seen): Seen | undefined {
  const subscribe = useCallback(
    (listener: () => void) => {
      listeners.add(listener);
      loadCollections(userId).catch(() => {});
      return () => listeners.delete(listener);
    },
    [userId],
  );
  return useSyncExternalStore<Seen | undefined>(subscribe, read, readOnServer);
}

const readCode = () => code;
const readMissing = () => isMissing;
const readOnServer = () => undefined;
