import type { Page } from "@playwright/test";

/** What the browser keeps of the shape `users`. */
interface Stored {
  userId: string | undefined;
  /** The user whose rows are there, as the next page reads before it looks. */
  hint: string | undefined;
  place: { form: string; place: { handle: string; offset: string } } | undefined;
  rows: { name: string; email: string }[] | undefined;
}

/** Reads what the browser keeps for the next visit. */
export function keptRows(page: Page): Promise<Stored> {
  return page.evaluate(async () => {
    const hint = localStorage["tracer-rows-of"];
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("tracer-rows");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    // The database may not have been made yet: then this page has made an empty one.
    if (db.objectStoreNames.length === 0) {
      db.close();
      indexedDB.deleteDatabase("tracer-rows");
      return { userId: undefined, hint, place: undefined, rows: undefined };
    }
    const get = (store: string, key: string) =>
      new Promise<unknown>((resolve) => {
        const asked = db.transaction(store).objectStore(store).get(key);
        asked.onsuccess = () => resolve(asked.result);
      });
    const owner = (await get("owner", "owner")) as { userId: string } | undefined;
    const place = (await get("places", "users")) as Stored["place"];
    const rows = (await get("rows", "users")) as Stored["rows"];
    db.close();
    return { userId: owner?.userId, hint, place, rows };
  });
}

/** Puts something else into the store, as an older version of the app, or damage, would have left it. */
export function overwrite(page: Page, store: "places" | "rows", value: unknown): Promise<void> {
  return page.evaluate(
    ([store, value]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("tracer-rows");
        opening.onsuccess = () => {
          const transaction = opening.result.transaction(store, "readwrite");
          transaction.objectStore(store).put(value, "users");
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
          transaction.onerror = () => reject(transaction.error);
        };
      }),
    [store, value] as const,
  );
}

/** Records from where a page loads the shape `users`: the offset of each request that is no live poll. */
export function recordLoads(page: Page): string[] {
  const offsets: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams: asked } = new URL(request.url());
    if (pathname === "/api/users" && asked.get("live") !== "true") offsets.push(asked.get("offset") ?? "");
  });
  return offsets;
}
