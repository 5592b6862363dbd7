import { randomUUID } from "node:crypto";
import { expect, vi } from "vitest";
import { linePath } from "~/lib/wire/line";
import { openApp, type Person } from "../app";
import { newPage, serve, stubBrowser, trpcOf } from "../example/browser";
import type { exampleCollections } from "../example/collections";
import { createExampleTables } from "../example/tables";
import { seen } from "../seen";
import { startShapeServer } from "../shape-server";
import { startNetwork } from "./network";

/** A tab with the collections of the example tables. */
export type Tab = ReturnType<typeof exampleCollections>;

/**
 * Starts the app with the example tables behind a network with faults that a test sets. The tabs run in this process,
 * and share a line through the Web Locks and the BroadcastChannels of Node.
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
    /** The open tabs. The first one leads, because tabs get the lead in the order in which they were opened. */
    tabs: () => [...tabs],
    /** Signs up a new person, to whom all later tabs belong. */
    async signUp(): Promise<Person> {
      person = await app.signUp();
      people.push(person);
      return person;
    },
    openTab,
    /** Opens a tab, and waits until its notes are live over the line. */
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
    /** Writes a note of the person in Postgres, as another device would. Returns the id of the note. */
    async addNote(body: string): Promise<string> {
      const id = randomUUID();
      await app.sql.query("insert into note (id, author_id, body) values ($1, $2, $3)", [
        id,
        person?.id,
        body,
      ]);
      return id;
    },
    /** Closes all tabs and ends all faults of the network. */
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

/** Waits until a tab sends the leading tab a poll whose path begins with `address`. */
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

/** Waits until the sync of a tab has this state. */
export async function expectState(tab: Tab, state: string): Promise<void> {
  await seen(() => expect(tab.monitor.report().state).toBe(state));
}

/** The bodies of a tab's notes, sorted. */
export function bodiesIn(tab: Tab): string[] {
  return tab.notes.toArray.map(({ body }) => body).toSorted();
}
