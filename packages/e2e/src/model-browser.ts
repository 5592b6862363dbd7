import { type BrowserContext, type Browser as Chromium, expect, type Page } from "@playwright/test";
import type { MadeEdit, Reports, Shown, Told } from "../../web/test/model/edits.ts";
import type { Browser, TabOrder } from "../../web/test/model/run.ts";
import type { Act } from "../../web/test/model/schedule.ts";
import { contextOf, type Person } from "./person.ts";

/** What the page of the model offers. See `model-app.ts`. */
interface ModelWindow {
  model: { act: (act: Act) => Promise<void>; show: () => Shown };
}

/** Whose browser it is, where the app is, and who else is there. */
interface Opening {
  name: string;
  url: string;
  person: Person;
  friend: Person;
}

/** A browser of the model with tabs in Chromium, whose edits are kept in IndexedDB. */
export class ModelBrowser implements Browser {
  readonly name: string;
  readonly userId: string;
  /** Uncaught errors of all pages. */
  readonly errors: Error[] = [];
  readonly #context: BrowserContext;
  readonly #friend: string;
  readonly #tabs = new Map<number, Page>();

  private constructor(context: BrowserContext, { name, person, friend }: Opening) {
    this.name = name;
    this.userId = person.id;
    this.#friend = friend.id;
    this.#context = context;
    context.on("weberror", (error) => this.errors.push(error.error()));
  }

  /** Opens a browser without tabs, with the session of the person. */
  static async open(chromium: Chromium, opening: Opening, { made, told }: Reports): Promise<ModelBrowser> {
    const context = await contextOf(chromium, opening.url, opening.person);
    await context.exposeFunction("reportMade", (edit: MadeEdit) => void made.push(edit));
    await context.exposeFunction("reportTold", (id: string, outcome: Told) => void told.set(id, outcome));
    return new ModelBrowser(context, opening);
  }

  async tell(order: TabOrder): Promise<void> {
    if (order.kind === "network") return this.#setNetwork(order.there);
    if (order.kind === "open") return void (await this.#open(order.tab));
    const tab = this.#tabs.get(order.tab);
    if (order.kind === "close") {
      this.#tabs.delete(order.tab);
      await tab?.close();
    } else if (tab) await load(() => tab.reload(), tab);
  }

  async act(tab: number, act: Act): Promise<void> {
    const page = await this.#open(tab);
    await page.evaluate((act) => (window as unknown as ModelWindow).model.act(act), act);
  }

  async show(): Promise<Record<number, Shown>> {
    const shown = [...this.#tabs].map(async ([tab, page]) => [
      tab,
      await page.evaluate(() => (window as unknown as ModelWindow).model.show()),
    ]);
    return Object.fromEntries(await Promise.all(shown));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#context.close();
  }

  async #open(tab: number): Promise<Page> {
    const known = this.#tabs.get(tab);
    if (known) return known;
    const page = await this.#context.newPage();
    const asked = new URLSearchParams({ tab: `${this.name}, tab ${tab}`, friend: this.#friend });
    await load(() => page.goto(`/model?${asked}`), page);
    this.#tabs.set(tab, page);
    return page;
  }

  async #setNetwork(there: boolean): Promise<void> {
    await this.#context.setOffline(!there);
    // The event does not come when the network is there already.
    if (!there) return;
    const pages = [...this.#tabs.values()];
    await Promise.all(pages.map((page) => page.evaluate(() => void dispatchEvent(new Event("online")))));
  }
}

/** Loads the page of the model. A person would load the page again too while the server comes back. */
async function load(go: () => Promise<unknown>, page: Page): Promise<void> {
  await expect(async () => {
    await go();
    await page.waitForFunction(() => "model" in window, undefined, { timeout: 10_000 });
  }).toPass();
}
