import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { linePath } from "~/lib/wire/line";
import { type App, openApp, type Person } from "../app";
import { newPage, serve, stubBrowser, trpcOf } from "../example/browser";
import type { exampleCollections } from "../example/collections";
import { createExampleTables } from "../example/tables";
import { startShapeServer } from "../shape-server";
import { startNetwork } from "./network";

// Tabs of one browser that share a line: the app's collections, Electric's client and the server are real, and the
// network between tabs and server fails in the ways of networks.
type Tab = ReturnType<typeof exampleCollections>;

const stack = new AsyncDisposableStack();
const tabs: Tab[] = [];
let app: App;
let network: Awaited<ReturnType<typeof startNetwork>>;
let people: Person[];
let ada: Person;
let openTab: () => Tab;

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createExampleTables));
  const { exampleHandlers } = await import("../example/server");
  const server = stack.use(await serve(app.origin, exampleHandlers));
  network = stack.use(await startNetwork(server.url));
  people = [];
  stubBrowser(network.url, people);
  const { exampleCollections } = await import("../example/collections");
  openTab = () => {
    newPage();
    const tab = exampleCollections(ada.id, trpcOf(network.url, ada));
    tabs.push(tab);
    return tab;
  };
});

// Each test has a person of its own, and so a line of its own.
const asNewPerson = async () => {
  ada = await app.signUp();
  people.push(ada);
};

afterEach(async () => {
  vi.useRealTimers();
  network.heal();
  await Promise.all(tabs.splice(0).map((tab) => tab.end()));
  network.cut();
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

const seen = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

/** Writes a note, as another device of the same person would. */
async function addNote(body: string): Promise<string> {
  const id = randomUUID();
  await app.sql.query("insert into note (id, author_id, body) values ($1, $2, $3)", [id, ada.id, body]);
  return id;
}

function bodiesIn(tab: Tab): string[] {
  return tab.notes.toArray.map(({ body }) => body).toSorted();
}

/** Opens a tab whose notes are live over the line. */
async function openLive(): Promise<Tab> {
  const tab = openTab();
  await tab.notes.preload();
  await expectState(tab, "live");
  await seen(() => expect(network.open()).toEqual([linePath]));
  return tab;
}

async function expectState(tab: Tab, state: string): Promise<void> {
  await seen(() => expect(tab.monitor.report().state).toBe(state));
}

function linesAsked(): number {
  return network.asked.filter((path) => path === linePath).length;
}

function pollsBeside(): number {
  return network.asked.filter((path) => path.includes("live=true")).length;
}

test("tabs share one request, and each shows every change", async () => {
  await asNewPerson();
  const both = [await openLive(), await openLive()];
  const asked = network.asked.length;
  await addNote("one");
  await addNote("two");
  for (const tab of both) await seen(() => expect(bodiesIn(tab)).toEqual(["one", "two"]));
  expect(network.open()).toEqual([linePath]);
  expect(network.asked.length - asked, "requests for the changes").toBe(0);
});

test("when the tab that leads ends, the other goes on", async () => {
  await asNewPerson();
  const first = await openLive();
  const second = await openLive();
  await Promise.all([addNote("meanwhile"), first.end()]);
  await addNote("afterwards");
  await seen(() => expect(bodiesIn(second)).toEqual(["afterwards", "meanwhile"]));
  await seen(() => expect(network.open()).toEqual([linePath]));
  await expectState(second, "live");
});

test("a line that breaks is opened again, and brings what was changed meanwhile", async () => {
  await asNewPerson();
  const tab = await openLive();
  network.fail(() => ({ status: 503 }));
  network.cut(linePath);
  await expectState(tab, "error");
  await addNote("meanwhile");
  network.heal();
  await seen(() => expect(bodiesIn(tab)).toEqual(["meanwhile"]));
  await expectState(tab, "live");
});

test("answers that are late arrive all the same", async () => {
  await asNewPerson();
  network.fail(() => ({ delay: 500 }));
  const tab = await openLive();
  network.cut(linePath);
  await addNote("late");
  await seen(() => expect(bodiesIn(tab)).toEqual(["late"]));
});

test("a line that stays silent for 30 s is given up, and the page says so", async () => {
  await asNewPerson();
  const tab = await openLive();
  // Only what begins from here on runs on these timers: the waits of the line.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  network.fail(() => "silent");
  const opened = network.next(linePath);
  network.cut(linePath);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
  // The first pause is half a second at most.
  await vi.advanceTimersByTimeAsync(500);
  await opened;
  const before = linesAsked();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(network.open()).toEqual([linePath]);
  expect(linesAsked()).toBe(before);
  await vi.advanceTimersByTimeAsync(3_000);
  await seen(() => expect(linesAsked()).toBeGreaterThan(before));
  expect(tab.monitor.report().state).toBe("error");
  vi.useRealTimers();
  await addNote("at last");
  network.heal();
  // As the browser's `online` event does.
  tab.monitor.retry();
  await seen(() => expect(bodiesIn(tab)).toEqual(["at last"]));
  await expectState(tab, "live");
});

test("a server that has too many lines is left alone for as long as it asks", async () => {
  await asNewPerson();
  const tab = await openLive();
  const body = { status: 429, headers: { "retry-after": "2" } };
  network.fail((path) => (path === linePath ? body : undefined));
  network.cut(linePath);
  await network.next(linePath);
  const refused = performance.now();
  await expectState(tab, "error");
  await network.next(linePath);
  expect(performance.now() - refused).toBeGreaterThan(1_900);
  network.heal();
  await addNote("let in");
  await seen(() => expect(bodiesIn(tab)).toEqual(["let in"]));
  await expectState(tab, "live");
});

test("without a line, polls are requests of their own", async () => {
  await asNewPerson();
  const both = [await openLive(), await openLive()];
  const polls = pollsBeside();
  network.fail((path) => (path === linePath ? { status: 404 } : undefined));
  network.cut(linePath);
  await seen(() => expect(pollsBeside()).toBeGreaterThan(polls));
  await addNote("the plain way");
  for (const tab of both) await seen(() => expect(bodiesIn(tab)).toEqual(["the plain way"]));
  for (const tab of both) await expectState(tab, "live");
});

test("a shape that the open line does not carry is asked for again when the next line is refused", async () => {
  await asNewPerson();
  const tab = await openLive();
  network.fail((path) => (path === linePath ? { status: 503 } : undefined));
  const refused = network.next(linePath);
  await tab.projects.preload();
  await refused;
  network.heal();
  await app.sql.query("insert into project (id, owner_id, name) values (gen_random_uuid(), $1, 'House')", [
    ada.id,
  ]);
  await seen(() => expect(tab.projects.toArray.map(({ name }) => name)).toEqual(["House"]));
});
