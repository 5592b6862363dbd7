import { createIsomorphicFn } from "@tanstack/react-start";
import type { collectionsFor } from "~/lib/collections";
// biome-ignore lint/style/noRestrictedImports: The build takes the server's part and its imports out of the browser's code.
import { firstRows } from "~/lib/server/shapes/first-rows";
import type { FirstPaint } from "~/lib/sync/per-user";
import { loadCollections } from "~/lib/sync/use-collections";

type Opened = ReturnType<typeof collectionsFor>;
type CollectionName = Exclude<keyof Opened, "monitor" | "outbox">;

/** How long a page that opens in the browser waits for rows, in milliseconds. */
const patience = 1_000;

/** A component whose code comes after the page, such as `comesLater` makes. */
interface Part {
  preload: () => Promise<unknown>;
}

/**
 * Makes the loader of a page that shows rows at its first paint. On the server the loader reads the rows from the
 * database, by the rules of the shapes, and the rows come with the HTML. In the browser the loader waits a moment for
 * the collections, so that the last page stays until the next one has rows.
 *
 * @param names the collections that the page shows first. Each syncs its whole shape
 * @param parts the components that show the rows, where their code comes after the page. The server and a page that
 *   opens in the browser wait for the code, so that the first render has the rows
 * @returns a loader for a route below `_authed`. It resolves with what `collectionsFor` takes
 */
export function firstPaint(names: readonly CollectionName[], ...parts: readonly Part[]) {
  return async ({ context }: { context: { user: { id: string } } }): Promise<FirstPaint | undefined> => {
    const [rows] = await Promise.all([
      rowsFor(names, context.user.id),
      ...parts.map(({ preload }) => preload()),
    ]);
    return rows;
  };
}

const rowsFor = createIsomorphicFn()
  .server(
    (names: readonly CollectionName[], userId: string): Promise<FirstPaint | undefined> =>
      firstRows(names, userId),
  )
  .client(async (names, userId) => {
    const { collectionsFor } = await loadCollections(userId);
    const collections = collectionsFor(userId);
    const loaded = names.map((name) => collections[name].preload().catch(() => {}));
    const limit = new Promise((resolve) => setTimeout(resolve, patience));
    await Promise.race([Promise.all(loaded), limit]);
    return undefined;
  });
