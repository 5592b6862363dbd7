/** A small file that lies where the code of the pages lies. */
const probe = "/favicon.svg";

/**
 * Makes a function that imports code after the page, once the place where the code lies can be reached.
 *
 * Chromium remembers that the import of a file has failed, and fails every later import of the file until the page is
 * loaded again. A button whose code is first wanted during an outage would stay broken after the outage.
 *
 * @param load imports the code
 * @returns a function that throws while the server cannot be reached. A later call tries again
 */
export function loadLater<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: T | undefined;
  return async () => {
    if (loaded !== undefined) return loaded;
    await reach();
    loaded = await load();
    return loaded;
  };
}

/** Loads the page again, once the server can be reached. Does nothing while the server cannot be reached. */
export async function reloadPage(): Promise<void> {
  const isReached = await reach().then(
    () => true,
    () => false,
  );
  if (isReached) window.location.reload();
}

/** @throws when the place where the code lies cannot be reached */
async function reach(): Promise<void> {
  const { ok, status } = await fetch(probe, { method: "HEAD", cache: "no-store" });
  if (!ok) throw new Error(`The server answered ${status}.`);
}
