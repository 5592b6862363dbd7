import type { Browser, BrowserContext, Page } from "@playwright/test";
import { contextOf, signUpAt } from "./person.ts";
import type { Fronted } from "./site.ts";

/** Opens a browser with the session of a new person. */
export async function openBrowser(browser: Browser, { url }: Pick<Fronted, "url">) {
  const person = await signUpAt({ url });
  const context = await contextOf(browser, url, person);
  return { person, context, tabs: new Tabs(context), [Symbol.asyncDispose]: () => context.close() };
}

/** The tabs of a browser that show the page of many tables. */
export class Tabs {
  readonly #context: BrowserContext;
  readonly #open = new Set<Page>();
  #leader: Page | undefined;
  /** Uncaught errors of all pages. */
  readonly errors: Error[] = [];

  constructor(context: BrowserContext) {
    this.#context = context;
    context.on("request", (request) => {
      if (request.url().endsWith("/api/line")) this.#leader = request.frame().page();
    });
  }

  get all(): Page[] {
    return [...this.#open];
  }

  /** The tab that has asked the server for the line last. */
  get leader(): Page {
    if (!this.#leader || !this.#open.has(this.#leader)) throw new Error("No tab leads the line.");
    return this.#leader;
  }

  /**
   * Opens tabs until there are so many.
   *
   * @param first how many tables the new tabs show
   */
  async fillTo(count: number, first: number): Promise<void> {
    while (this.#open.size < count) {
      const tab = await this.#context.newPage();
      tab.on("pageerror", (error) => this.errors.push(error));
      tab.on("crash", () => this.#open.delete(tab));
      tab.on("close", () => this.#open.delete(tab));
      await tab.goto(`/tables?first=${first}`);
      this.#open.add(tab);
    }
  }

  /** Closes the tab that leads. */
  async closeLeader(): Promise<void> {
    await this.leader.close();
  }

  /** Ends the process of the tab that leads. A browser may run several tabs in one process: all of them end. */
  async crashLeader(): Promise<void> {
    const tab = this.leader;
    const devtools = await this.#context.newCDPSession(tab);
    const crashed = tab.waitForEvent("crash");
    // There is nobody left who could answer.
    void devtools.send("Page.crash").catch(() => {});
    await crashed;
    await tab.close();
  }
}

/** The names of all rows that a tab shows, by table and in order. */
export function shownIn(tab: Page): Promise<Record<string, string[]>> {
  return tab.evaluate(() => {
    const lists = [...document.querySelectorAll("ul[aria-label]")];
    return Object.fromEntries(
      lists.map((list) => [
        list.getAttribute("aria-label"),
        [...list.children].map((row) => row.textContent ?? "").sort(),
      ]),
    );
  });
}

/** Writes a name into a row, as a page of the app does, and waits until the write is confirmed. Gives milliseconds. */
export function edit(tab: Page, table: string, id: string, name: string): Promise<number> {
  return tab.evaluate(
    async ([table, id, name]) => {
      const { collections } = window as unknown as { collections: Record<string, Editable> };
      const began = performance.now();
      await collections[table]?.update(id, (draft) => {
        draft.name = name;
      }).isPersisted.promise;
      return performance.now() - began;
    },
    [table, id, name] as const,
  );
}

/** A collection of the page, as far as {@link edit} uses it. */
interface Editable {
  update(
    id: string,
    change: (draft: { name: string }) => void,
  ): { isPersisted: { promise: Promise<unknown> } };
}
