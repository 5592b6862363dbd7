// A page without a browser: the app's own collections and outbox in a process of their own, which can be frozen.

/** What the page is told to do. */
export type Order =
  | { kind: "start"; server: string; userId: string; headers: Record<string, string> }
  | { kind: "write"; name: string }
  | { kind: "show" };

/** What the page says. */
export type Word =
  | { kind: "ready" }
  | { kind: "told"; name: string; saved: boolean }
  | { kind: "shown"; name: string | undefined; sync: string };

/** The parts of the app's collections that the page uses. */
interface Collections {
  readonly users: {
    update(
      id: string,
      change: (draft: { name: string }) => void,
    ): { isPersisted: { promise: Promise<unknown> } };
    get(id: string): { name: string } | undefined;
    preload(): Promise<void>;
  };
  readonly outbox: { outcomeOf(transaction: { isPersisted: { promise: Promise<unknown> } }): Promise<void> };
  readonly monitor: { report(): { state: string } };
}

let userId: string;
let collections: Collections;

const say = (word: Word) => void process.send?.(word);

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

async function start(order: Extract<Order, { kind: "start" }>): Promise<void> {
  userId = order.userId;
  const storage = new Map<string, string>();
  define("location", { origin: order.server });
  define("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
  Object.defineProperty(navigator, "onLine", { get: () => true });
  define("window", new EventTarget());
  define("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  const plain = globalThis.fetch;
  // A browser adds cookies and the origin to each request.
  define("fetch", (input: RequestInfo | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(order.headers)) headers.set(name, value);
    return plain(input, { ...init, headers });
  });
  const module = new URL("../../../web/src/lib/collections.ts", import.meta.url).href;
  const { collectionsFor }: { collectionsFor: (id: string) => Collections } = await import(module);
  collections = collectionsFor(userId);
  await collections.users.preload();
  say({ kind: "ready" });
}

async function write(name: string): Promise<void> {
  const edit = collections.users.update(userId, (draft) => {
    draft.name = name;
  });
  // TanStack DB undoes a refused edit, which `outcomeOf` reports.
  edit.isPersisted.promise.catch(() => {});
  const saved = await collections.outbox.outcomeOf(edit).then(
    () => true,
    () => false,
  );
  say({ kind: "told", name, saved });
}

process.on("message", (order: Order) => {
  if (order.kind === "start") void start(order);
  else if (order.kind === "write") void write(order.name);
  else
    say({
      kind: "shown",
      name: collections.users.get(userId)?.name,
      sync: collections.monitor.report().state,
    });
});

// The test has ended without ending its pages.
process.on("disconnect", () => process.exit());
