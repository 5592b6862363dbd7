import { randomUUID } from "node:crypto";
import { expect, vi } from "vitest";
import { linePath } from "~/lib/wire/line";
import { openApp, type Person } from "../app";
import { newPage, serve, stubBrowser, trpcOf } from "../example/browser";
import type { exampleCollections } from "../example/collections";
import { createExampleTables } from "../example/tables";
import { startShapeServer } from "../shape-server";
import { startNetwork } from "./network";

/** A tab with the collections of the example tables. */
export type Tab = ReturnType<typeof exampleCollections>;

/**
 * Starts the app on the example tables behind a network whose faults a test decides. Tabs are opened in this process, and
 * share a line by the locks and channels of Node.
 */
export async function openBrowserWorld() {
  await using opened = new AsyncDisposableStack();
  const shapeServer = async (databaseUrl: string) => opened.use(await startShapeServer(databaseUrl)).url;
  const app = opened.use(await openApp(shapeServer, createExampleTables));
  const { exampleHandlers } = await import("../example/server");
  const server = opened.use(await serve(app.origin, exampleHandlers));
  const network = opened.use(await startNetwork(server.url));
  const people: Person[] = [];
  stubBrowser(network.url, people);
  opened.defer(() => void vi.unstubAllGlobals());
  const { exampleCollections } = await import("../example/collections");
  const tabs = new Set<Tab>();
  let person: Person | undefined;

  const openTab = (): Tab => {
    if (!person) throw new Error("Nobody is signed in.");
    newPage();
    const tab = exampleCollections(person.id, trpcOf(network.url, person));
    tabs.add(tab);
    return tab;
  };
  const closing = opened.move();
  return {
    app,
    network,
    /** The tabs that are open, the one that leads first: tabs wait for the lead in the order of their opening. */
    tabs: () => [...tabs],
    /** Signs a new person up, whose browser it is from now on. */
    async signUp(): Promise<Person> {
      person = await app.signUp();
      people.push(person);
      return person;
    },
    openTab,
    /** Opens a tab whose notes are live over the line. */
    async openLive(): Promise<Tab> {
      // The tab that leads asks nobody but the server.
      const asked = tabs.size > 0 && polled(`tracer-line-wants:${person?.id}`, "/api/notes?");
      const tab = openTab();
      await tab.notes.preload();
      await asked;
      await expectState(tab, "live");
      await seen(() => expect(network.open()).toEqual([linePath]));
      return tab;
    },
    async closeTab(tab: Tab): Promise<void> {
      tabs.delete(tab);
      await tab.end();
    },
    /** Writes a note of the person, as another device would. Gives the note's id. */
    async addNote(body: string): Promise<string> {
      const id = randomUUID();
      await app.sql.query("insert into note (id, author_id, body) values ($1, $2, $3)", [
        id,
        person?.id,
        body,
      ]);
      return id;
    },
    /** Closes all tabs, and the network is well again. */
    async reset(): Promise<void> {
      network.heal();
      await Promise.all([...tabs].map((tab) => tab.end()));
      tabs.clear();
      network.cut();
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export type BrowserWorld = Awaited<ReturnType<typeof openBrowserWorld>>;

/** Waits until a tab says to the one that leads that it waits for a poll at an address that begins so. */
function polled(channelName: string, address: string): Promise<void> {
  const channel = new BroadcastChannel(channelName);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<string>) => {
      if (!data.startsWith(address)) return;
      channel.close();
      resolve();
    };
  });
}

/** Waits until a check holds. */
export const seen = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

/** Waits until a tab's badge would show this state. */
export async function expectState(tab: Tab, state: string): Promise<void> {
  await seen(() => expect(tab.monitor.report().state).toBe(state));
}

/** What a tab's notes say, in order. */
export function bodiesIn(tab: Tab): string[] {
  return tab.notes.toArray.map(({ body }) => body).toSorted();
}
