import type { MadeEdit, Person, Shown, Told } from "./edits";
import type { openPage } from "./open-page";
import type { TabOrder } from "./run";
import type { Act } from "./schedule";

// A browser of its own: a process with tabs that share its locks, its channels and what it keeps.

/** What the browser is told to do. */
export type Order =
  | { kind: "start"; server: string; headers: Record<string, string>; name: string; person: Person }
  | TabOrder
  | { kind: "act"; question: number; tab: number; act: Act }
  | { kind: "show"; question: number };

/** What the browser says. */
export type Word =
  | { kind: "ready" }
  | { kind: "done"; question: number }
  | { kind: "made"; edit: MadeEdit }
  | { kind: "told"; id: string; told: Told }
  | { kind: "shown"; question: number; tabs: Record<number, Shown> };

const windows: EventTarget[] = [];
const pages = new Map<number, ReturnType<typeof openPage>>();
let lives = 0;
let browser: Extract<Order, { kind: "start" }>;
let newPage: typeof openPage;
let online = true;

const say = (word: Word) => void process.send?.(word);

async function start(order: Extract<Order, { kind: "start" }>): Promise<void> {
  browser = order;
  const storage = new Map<string, string>();
  const plain = globalThis.fetch;
  define("location", { origin: order.server });
  define("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
  Object.defineProperty(navigator, "onLine", { get: () => online });
  // A browser adds cookies and the origin to each request.
  define("fetch", (input: RequestInfo | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(order.headers)) headers.set(name, value);
    return plain(input, { ...init, headers });
  });
  newWindow();
  newPage = (await import("./open-page")).openPage;
  say({ kind: "ready" });
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** Each tab has its own window, where the app keeps what is the page's. */
function newWindow(): void {
  const window = new EventTarget();
  windows.push(window);
  define("window", window);
  define("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
}

function open(tab: number): void {
  if (pages.has(tab)) return;
  newWindow();
  const life = `${browser.name}, tab ${tab}, life ${++lives}`;
  const page = newPage(
    life,
    browser.person,
    (edit) => say({ kind: "made", edit }),
    (id, told) => say({ kind: "told", id, told }),
  );
  pages.set(tab, page);
}

function close(tab: number): void {
  pages.get(tab)?.close();
  pages.delete(tab);
}

function network(there: boolean): void {
  online = there;
  for (const window of windows) window.dispatchEvent(new Event(there ? "online" : "offline"));
}

function obey(order: Order): void {
  switch (order.kind) {
    case "start":
      void start(order);
      return;
    case "open":
      open(order.tab);
      return;
    case "close":
      close(order.tab);
      return;
    case "reload":
      close(order.tab);
      open(order.tab);
      return;
    case "network":
      network(order.there);
      return;
    case "act":
      open(order.tab);
      pages.get(order.tab)?.page.act(order.act);
      say({ kind: "done", question: order.question });
      return;
    case "show": {
      const tabs = Object.fromEntries([...pages].map(([tab, { page }]) => [tab, page.show()]));
      say({ kind: "shown", question: order.question, tabs });
    }
  }
}

process.on("message", obey);
