import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { browserId } from "~/lib/sync/line/browser-id";
import { linePath, pollsPerLine } from "~/lib/wire/line";
import { seen } from "../seen";
import { type BrowserWorld, bodiesIn, expectState, openBrowserWorld } from "./tabs";

// Tabs of one browser that share a line. The app's collections, Electric's client and the server are real. The network
// between the tabs and the server is a proxy that fails when a test wants it to.
let world: BrowserWorld;
let network: BrowserWorld["network"];
let ownerId: string;

beforeAll(async () => {
  world = await openBrowserWorld();
  network = world.network;
});

// Each test has a new person, and so a new line.
beforeEach(async () => {
  ownerId = (await world.signUp()).id;
});

afterEach(async () => {
  vi.useRealTimers();
  await world.reset();
});

afterAll(() => world[Symbol.asyncDispose]());

function linesAsked(): number {
  return network.asked.filter((path) => path === linePath).length;
}

function pollsBeside(): number {
  return network.asked.filter((path) => path.includes("live=true")).length;
}

test("tabs share one request, and each shows every change", async () => {
  const both = [await world.openLive(), await world.openLive()];
  const asked = network.asked.length;
  await world.addNote("one");
  await world.addNote("two");
  for (const tab of both) await seen(() => expect(bodiesIn(tab)).toEqual(["one", "two"]));
  expect(network.open()).toEqual([linePath]);
  expect(network.asked.length - asked, "requests for the changes").toBe(0);
});

test("when the leading tab closes, the other tab goes on", async () => {
  const first = await world.openLive();
  const second = await world.openLive();
  await Promise.all([world.addNote("meanwhile"), world.closeTab(first)]);
  await world.addNote("afterwards");
  await seen(() => expect(bodiesIn(second)).toEqual(["afterwards", "meanwhile"]));
  await seen(() => expect(network.open()).toEqual([linePath]));
  await expectState(second, "live");
});

test("a broken line is opened again, and brings the changes of the meantime", async () => {
  const tab = await world.openLive();
  network.fail(() => ({ status: 503 }));
  network.cut(linePath);
  await expectState(tab, "error");
  await world.addNote("meanwhile");
  network.heal();
  await seen(() => expect(bodiesIn(tab)).toEqual(["meanwhile"]));
  await expectState(tab, "live");
});

test("a browser whose id another browser uses takes a new id, and both lines stay", async () => {
  const tab = await world.openLive();
  const id = browserId();
  const polls = [await livePoll()];
  const other = await fetch(`${network.url}${linePath}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tracer-user": ownerId },
    body: JSON.stringify({ polls, browser: id }),
  });
  expect(other.status).toBe(200);
  await seen(() => expect(browserId()).not.toBe(id));
  await world.addNote("for both");
  await seen(() => expect(bodiesIn(tab)).toEqual(["for both"]));
  await seen(() => expect(network.open()).toEqual([linePath, linePath]));
  await other.body?.cancel();
});

test("late answers arrive", async () => {
  network.fail(() => ({ delay: 500 }));
  const tab = await world.openLive();
  network.cut(linePath);
  await world.addNote("late");
  await seen(() => expect(bodiesIn(tab)).toEqual(["late"]));
});

test("a line that is silent for 30 s is closed, and the page shows an error", async () => {
  const tab = await world.openLive();
  // Only waits that begin after this line run on these timers: the waits of the line.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  network.fail(() => "silent");
  const asked = linesAsked();
  network.cut(linePath);
  // The line begins its wait, of half a second at most, once it has heard of the cut.
  await seen(async () => {
    await vi.advanceTimersByTimeAsync(100);
    expect(linesAsked()).toBeGreaterThan(asked);
  });
  const before = linesAsked();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(network.open()).toEqual([linePath]);
  expect(linesAsked()).toBe(before);
  await vi.advanceTimersByTimeAsync(3_000);
  await seen(() => expect(linesAsked()).toBeGreaterThan(before));
  expect(tab.monitor.report().state).toBe("error");
  vi.useRealTimers();
  await world.addNote("at last");
  network.heal();
  // Does the same as the browser's `online` event.
  tab.monitor.retry();
  await seen(() => expect(bodiesIn(tab)).toEqual(["at last"]));
  await expectState(tab, "live");
});

test("a load of rows that is silent for 30 s is given up and sent again", async () => {
  const isLoad = (path: string) => path.startsWith("/api/notes");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  network.fail((path) => (isLoad(path) ? "silent" : undefined));
  const asked = network.next("/api/notes");
  const tab = world.openTab();
  const loaded = tab.notes.preload();
  await asked;
  const loads = network.asked.filter(isLoad).length;
  network.fail(() => undefined);
  const again = network.next("/api/notes");
  await vi.advanceTimersByTimeAsync(29_000);
  expect(network.asked.filter(isLoad)).toHaveLength(loads);
  await vi.advanceTimersByTimeAsync(3_000);
  await again;
  vi.useRealTimers();
  await loaded;
  await expectState(tab, "live");
});

test("a tab that hears nothing from a frozen leading tab shows an error, asks again, and takes the lead", async () => {
  const lines = linesAsked();
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  // Holds the lock as the leading tab does, and answers nothing.
  const frozen = navigator.locks.request(`tracer-line:${ownerId}`, () => thawed).catch(() => "stolen");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const tab = world.openTab();
  await tab.notes.preload();
  await expectState(tab, "live");
  const states: string[] = [];
  tab.monitor.subscribe(() => states.push(tab.monitor.report().state));
  const again = network.next("/api/notes");
  await vi.advanceTimersByTimeAsync(41_000);
  await again;
  await seen(() => expect(states).toEqual(["error", "live"]));
  expect(linesAsked()).toBe(lines);
  const led = network.next(linePath);
  await vi.advanceTimersByTimeAsync(60_000);
  await led;
  expect(await frozen).toBe("stolen");
  await world.addNote("from the new lead");
  await seen(() => expect(bodiesIn(tab)).toEqual(["from the new lead"]));
  thaw();
});

test("after a refusal with retry-after, no line is opened before that time", async () => {
  const tab = await world.openLive();
  const body = { status: 429, headers: { "retry-after": "2" } };
  network.fail((path) => (path === linePath ? body : undefined));
  network.cut(linePath);
  await network.next(linePath);
  const refused = performance.now();
  await expectState(tab, "error");
  await network.next(linePath);
  expect(performance.now() - refused).toBeGreaterThan(1_900);
  network.heal();
  await world.addNote("let in");
  await seen(() => expect(bodiesIn(tab)).toEqual(["let in"]));
  await expectState(tab, "live");
});

test("without a line, each poll is a separate request", async () => {
  const both = [await world.openLive(), await world.openLive()];
  const polls = pollsBeside();
  network.fail((path) => (path === linePath ? { status: 404 } : undefined));
  network.cut(linePath);
  await seen(() => expect(pollsBeside()).toBeGreaterThan(polls));
  await world.addNote("the plain way");
  for (const tab of both) await seen(() => expect(bodiesIn(tab)).toEqual(["the plain way"]));
  for (const tab of both) await expectState(tab, "live");
});

test("a shape that the open line does not carry is asked for again when the next line is refused", async () => {
  const tab = await world.openLive();
  network.fail((path) => (path === linePath ? { status: 503 } : undefined));
  const refused = network.next(linePath);
  await tab.projects.preload();
  await refused;
  network.heal();
  await world.app.sql.query(
    "insert into project (id, owner_id, name) values (gen_random_uuid(), $1, 'House')",
    [ownerId],
  );
  await seen(() => expect(tab.projects.toArray.map(({ name }) => name)).toEqual(["House"]));
});

test("more polls than a line carries are requests of their own, and the line is opened once", async () => {
  const tab = await world.openLive();
  const lines = linesAsked();
  const { signal } = new AbortController();
  const poll = await livePoll();
  // The route knows nothing of `n`, and so each is a place of its own in the same shape.
  const asked = Array.from({ length: pollsPerLine + 5 }, (_, n) =>
    tab.monitor.line.ask(`${poll}&n=${n}`, signal),
  );
  let plain = 0;
  for (const one of asked) {
    void one.then((answer) => {
      if (!answer) plain++;
    });
  }
  // The tab's own poll has a place on the line too.
  await seen(() => expect(plain).toBe(6));
  await world.addNote("for all");
  const statuses = (await Promise.all(asked)).map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(pollsPerLine - 1);
  expect(linesAsked() - lines).toBe(1);
});

/** A live poll of the person's notes, from where their log ends now. */
async function livePoll(): Promise<string> {
  let query = new URLSearchParams({ offset: "-1" });
  for (;;) {
    const answer = await fetch(`${network.url}/api/notes?${query}`, {
      headers: { "x-tracer-user": ownerId },
    });
    await answer.text();
    const { headers } = answer;
    query = new URLSearchParams({
      offset: headers.get("electric-offset") ?? "",
      handle: headers.get("electric-handle") ?? "",
    });
    if (headers.has("electric-up-to-date")) return `/api/notes?${query}&live=true`;
  }
}
