import { useRouteContext } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";

type Code = typeof import("~/lib/collections");
type Collections = ReturnType<Code["collectionsFor"]>;

/** The code of the sync. Undefined until the code has come. */
let code: Code | undefined;
let loading: Promise<Code> | undefined;
let isMissing = false;
const listeners = new Set<() => void>();

/**
 * Loads the code of the sync, once. The code weighs more than the rest of the page together, and the rows of the first
 * paint are there without the code. So what every page of a signed-in person has, such as the badge, asks for the
 * collections here, and works without them until they have come.
 *
 * @throws when the code cannot be loaded. A browser tries again only after a reload
 */
export function loadCollections(): Promise<Code> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Code> {
  try {
    const loaded = await import("~/lib/collections");
    // In a task of its own, so that the page answers between reading the code and making the collections.
    await new Promise((resolve) => setTimeout(resolve));
    code = loaded;
    return loaded;
  } catch (error) {
    isMissing = true;
    throw error;
  } finally {
    for (const listener of listeners) listener();
  }
}

/** Ends the collections, unless their code has never been asked for. */
export async function endLoadedCollections(): Promise<void> {
  await (await loading?.catch(() => undefined))?.endCollections();
}

/** Returns the collections of the signed-in user. Undefined on the server, and until the code of the sync has come. */
export function useCollections(): Collections | undefined {
  const { user } = useRouteContext({ from: "/_authed" });
  return useSyncExternalStore(subscribe, readCode, readOnServer)?.collectionsFor(user.id);
}

/** True when the code of the sync could not be loaded. */
export function useSyncMissing(): boolean {
  return useSyncExternalStore(subscribe, readMissing, readOnServer) ?? false;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  loadCollections().catch(() => {});
  return () => listeners.delete(listener);
}

const readCode = () => code;
const readMissing = () => isMissing;
const readOnServer = () => undefined;
