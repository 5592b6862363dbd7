import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Frame, nextPoll } from "~/lib/wire/line";
import { inspectHeader, moment, momentsHeader, parseMoments } from "~/lib/wire/moments";
import { type App, openApp, type Person } from "../../../../test/app";
import { collectGarbage } from "../../../../test/collect-garbage";
import { startUpstream } from "../../../../test/upstream";
import { lineCheckSeconds, linesPerUser } from "../limits";

// The line over the app's own shape route. A server in the place of Electric answers when a test wants it to.
const stack = new AsyncDisposableStack();
const held: { url: URL; response: ServerResponse }[] = [];
const upstream = stack.use(
  await startUpstream((request, response) => {
    held.push({ url: new URL(request.url ?? "", "http://electric"), response });
    upstream.arrived.dispatchEvent(new Event("request"));
  }).then((server) => Object.assign(server, { arrived: new EventTarget() })),
);
let app: App;
let serve: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = stack.use(await openApp(upstream.url));
  const { serveLine } = await import("./serve-line");
  serve = serveLine();
});

afterEach(() => {
  vi.useRealTimers();
  for (const { response } of held.splice(0)) response.destroy();
});

afterAll(() => stack.disposeAsync());

const poll = "/api/users?offset=5_0&handle=1-1&live=true&cursor=7";

interface Asking {
  polls?: unknown;
  browser?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

function ask(person: Person, asking: Asking = {}): Promise<Response> {
  const { polls = [poll], browser, headers = {}, signal } = asking;
  const own = { "content-type": "application/json", "x-tracer-user": person.id, ...person.headers };
  const init = {
    method: "POST",
    headers: { ...own, ...headers },
    body: JSON.stringify({ polls, browser }),
    signal,
  };
  return serve({ request: new Request(`${app.origin}/api/line`, init) });
}

/** Returns the frames of a line that are answers. */
async function* answersOf(answer: Response) {
  if (!answer.body) throw new Error("no line");
  let text = "";
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop() ?? "";
    for (const frame of lines.map((line): Frame => JSON.parse(line))) if ("poll" in frame) yield frame;
  }
}

function heldFor({ id }: Person) {
  return held.filter(({ url }) => url.searchParams.get("params[1]") === id);
}

/** Waits for the app's request number `index` to Electric for a person's rows. */
async function asked(person: Person, index: number) {
  for (;;) {
    const found = heldFor(person)[index];
    if (found) return found;
    await once(upstream.arrived, "request");
  }
}

async function answer(person: Person, index: number, offset: string, body = "[]"): Promise<void> {
  const { response } = await asked(person, index);
  response.writeHead(200, {
    "content-type": "application/json",
    "electric-handle": "1-1",
    "electric-offset": offset,
    "electric-cursor": "8",
    "electric-up-to-date": "",
  });
  response.end(body);
}

test("hands on the answer of a shape's route, and polls on from where the answer ended", async () => {
  const ada = await app.signUp();
  const line = await ask(ada);
  expect(line.headers.get("cache-control")).toBe("private, no-store");
  const frames = answersOf(line);
  await answer(ada, 0, "6_0", '[{"value":1}]');
  const first = (await frames.next()).value;
  expect(first).toMatchObject({ poll: 0, status: 200, body: '[{"value":1}]' });
  await answer(ada, 1, "7_0", '[{"value":2}]');
  expect((await frames.next()).value).toMatchObject({ poll: 0, body: '[{"value":2}]' });
  const second = (await asked(ada, 1)).url.searchParams;
  expect([second.get("offset"), second.get("handle"), second.get("cursor")]).toEqual(["6_0", "1-1", "8"]);
  expect(nextPoll(poll, first as never)).toBe("/api/users?offset=6_0&handle=1-1&live=true&cursor=8");
  // Each poll asks for the shape that the route defines.
  expect(second.get("params[1]")).toBe(ada.id);
  await frames.return();
});

test("says when Electric's answer came, to a page that inspects the sync and to no other", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const before = moment();
  for (const [person, headers] of [
    [ada, { [inspectHeader]: "1" }],
    [bob, {}],
  ] as const) {
    const frames = answersOf(await ask(person, { headers }));
    await answer(person, 0, "6_0", '[{"value":1}]');
    const told: Record<string, string> = (await frames.next()).value?.headers ?? {};
    const { served } = parseMoments(told[momentsHeader] ?? "");
    if (person === bob) expect(told).not.toHaveProperty(momentsHeader);
    else expect(served).toSatisfy((at: number) => at >= before - 1 && at <= moment() + 1);
    await frames.return();
  }
});

test("does not hand on an answer without changes, and polls on", async () => {
  const ada = await app.signUp();
  const frames = answersOf(await ask(ada));
  await answer(ada, 0, "5_0");
  await answer(ada, 1, "6_0", '[{"value":1}]');
  expect((await frames.next()).value).toMatchObject({ body: '[{"value":1}]' });
  await frames.return();
});

test("hands on the loss of a shape, and ends when no shape is left to follow", async () => {
  const ada = await app.signUp();
  const frames = answersOf(await ask(ada));
  const { response } = await asked(ada, 0);
  response.writeHead(409, { "electric-handle": "1-2" }).end("[]");
  const frame = (await frames.next()).value;
  expect(frame).toMatchObject({ status: 409, headers: { "electric-handle": "1-2" } });
  expect((await frames.next()).done).toBe(true);
});

test("does not send rows that were written after the end of the session", async () => {
  const bob = await app.signUp("Bob");
  const frames = answersOf(await ask(bob));
  await asked(bob, 0);
  await app.auth.api.signOut({ headers: new Headers(bob.headers) });
  await answer(bob, 0, "6_0", '[{"value":"written after the sign-out"}]');
  const frame = (await frames.next()).value;
  expect(frame).toMatchObject({ status: 401 });
  expect(JSON.stringify(frame)).not.toContain("written after");
  expect((await frames.next()).done).toBe(true);
});

test("browsers of one person share a poll, and the one that has signed out gets no rows of the shared answer", async () => {
  const bob = await app.signUp("Bob");
  const { headers } = await app.auth.api.signInEmail({
    body: { email: bob.email, password: "correct horse" },
    returnHeaders: true,
  });
  const cookie = headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  const elsewhere = { ...bob, headers: { ...bob.headers, cookie: cookie.join("; ") } };
  const frames = [
    answersOf(await ask(bob, { browser: "a" })),
    answersOf(await ask(elsewhere, { browser: "b" })),
  ];
  const stranger = await app.signUp("Eve");
  const foreign = answersOf(await ask(stranger));
  await asked(bob, 0);
  await asked(stranger, 0);
  expect(heldFor(bob).length).toBe(1);

  await app.auth.api.signOut({ headers: new Headers(elsewhere.headers) });
  await answer(bob, 0, "6_0", '[{"value":"of Bob"}]');
  const [here, there] = await Promise.all(frames.map(async (one) => (await one.next()).value));
  expect(here).toMatchObject({ status: 200, body: '[{"value":"of Bob"}]' });
  expect(there).toMatchObject({ status: 401 });
  await answer(stranger, 0, "6_0", '[{"value":"of Eve"}]');
  expect((await foreign.next()).value).toMatchObject({ body: '[{"value":"of Eve"}]' });
  await Promise.all([...frames, foreign].map((one) => one.return()));
});

test("an idle line ends with its session", async () => {
  const bob = await app.signUp("Bob");
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const frames = answersOf(await ask(bob));
  await asked(bob, 0);
  await app.sql.query('delete from "user" where id = $1', [bob.id]);
  await vi.advanceTimersByTimeAsync(lineCheckSeconds * 1000);
  expect((await frames.next()).value).toMatchObject({ poll: 0, status: 401 });
  expect((await frames.next()).done).toBe(true);
});

/** Opens a person's line for Node's own response, as the Node build does. */
async function lineForNode(person: Person) {
  const [{ Line }, { lineOnNode }, { takePlace }, { shapeRoute }] = await Promise.all([
    import("./line"),
    import("./line-on-node"),
    import("./open-lines"),
    import("./shape-routes"),
  ]);
  const about = { session: await sessionOf(person), browser: "on Node", polls: [poll], routeOf: shapeRoute };
  const line = new Line({ ...about, inspects: false, seconds: 60 });
  takePlace(line);
  return lineOnNode(line);
}

/** Asks for a line on Node's own response. The client reads when the test wants the client to read. */
async function askOnNode(person: Person) {
  const body = await lineForNode(person);
  const responses: ServerResponse[] = [];
  const server = await startUpstream((_request, response) => {
    responses.push(response);
    response.writeHead(200);
    body.pipe(response);
  });
  const [answer] = await once(request(server.url).end(), "response");
  return {
    answer: answer as IncomingMessage,
    isBehind: () => responses[0]?.writableNeedDrain,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function sessionOf({ id }: Person) {
  const { rows } = await app.sql.query("select token from session where user_id = $1", [id]);
  return { id, token: String(rows[0]?.token) };
}

test("a line asks for no more until a browser that is behind has caught up, on a stream and on Node", async () => {
  const [ada, bob, eve] = [await app.signUp(), await app.signUp("Bob"), await app.signUp("Eve")];
  const stream = answersOf(await ask(ada));
  await using onNode = await askOnNode(bob);
  const other = answersOf(await ask(eve));
  // Nobody reads yet.
  const long = JSON.stringify([{ value: "x".repeat(100_000) }]);
  await answer(ada, 0, "6_0", long);
  // The system takes some megabytes for a connection.
  await answer(bob, 0, "6_0", JSON.stringify([{ value: "x".repeat(12_000_000) }]));
  await expect.poll(onNode.isBehind).toBe(true);
  await seenBy(eve, other);
  expect([heldFor(ada).length, heldFor(bob).length]).toEqual([1, 1]);

  expect((await stream.next()).value).toMatchObject({ body: long });
  await asked(ada, 1);
  onNode.answer.resume();
  await asked(bob, 1);
  const left = once((await asked(bob, 1)).response, "close");
  onNode.answer.destroy();
  await left;
  await Promise.all([stream, other].map((one) => one.return()));
});

/** Waits until changes have come to another person, who is asked on: until then a line that asks on has asked. */
async function seenBy(person: Person, frames: ReturnType<typeof answersOf>): Promise<void> {
  for (const nth of [0, 1]) {
    await answer(person, nth, `${nth + 6}_0`, '[{"value":1}]');
    await frames.next();
  }
  await asked(person, 2);
}

test("when the browser goes, the request to Electric ends too", async () => {
  const ada = await app.signUp();
  const abort = new AbortController();
  await ask(ada, { signal: abort.signal });
  const left = once((await asked(ada, 0)).response, "close");
  abort.abort();
  await left;

  const line = await ask(ada);
  const cancelled = once((await asked(ada, 1)).response, "close");
  await line.body?.cancel();
  await cancelled;
});

test("a browser that has gone before its line begins leaves no place taken", async () => {
  const bob = await app.signUp("Bob");
  (await lineForNode(bob)).destroy();
  const lines = await Promise.all(Array.from({ length: linesPerUser }, () => ask(bob)));
  expect(lines.map(({ status }) => status)).toEqual(lines.map(() => 200));
  await Promise.all(lines.map((line) => line.body?.cancel()));
});

test("the browser's leave ends a line whose request nobody else holds", async () => {
  const ada = await app.signUp();
  const abort = new AbortController();
  const lines = await Promise.all(
    Array.from({ length: linesPerUser }, () => ask(ada, { signal: abort.signal })),
  );
  expect(lines.map(({ status }) => status)).toEqual(lines.map(() => 200));
  const left = once((await asked(ada, 0)).response, "close");
  await collectGarbage();
  abort.abort();
  await left;
  const again = await ask(ada);
  expect(again.status).toBe(200);
  await again.body?.cancel();
});

test("refuses a user who has the greatest number of open lines", async () => {
  const ada = await app.signUp();
  const bob = await app.signUp("Bob");
  const lines = await Promise.all(Array.from({ length: linesPerUser }, () => ask(bob)));
  expect(lines.map(({ status }) => status)).toEqual(lines.map(() => 200));
  const refused = await ask(bob);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
  const other = await ask(ada);
  expect(other.status).toBe(200);
  await lines[0]?.body?.cancel();
  const again = await ask(bob);
  expect(again.status).toBe(200);
  await Promise.all([...lines.slice(1), other, again].map((line) => line.body?.cancel()));
});

test("a browser that asks again gets the place of its older line", async () => {
  const bob = await app.signUp("Bob");
  const browsers = Array.from({ length: linesPerUser }, (_, index) => `browser ${index}`);
  const lines = await Promise.all(browsers.map((browser) => ask(bob, { browser })));
  const older = lines.at(0)?.text();
  const newer = await ask(bob, { browser: "browser 0" });
  expect(newer.status).toBe(200);
  expect(
    (await older)
      ?.trim()
      .split("\n")
      .map((frame) => JSON.parse(frame)),
  ).toEqual([{ alive: true }, { replaced: true }]);
  // The end of the older line has not freed the place of the newer line.
  expect((await ask(bob, { browser: "one too many" })).status).toBe(429);
  await newer.body?.cancel();
  const next = await ask(bob, { browser: "one too many" });
  expect(next.status).toBe(200);
  await Promise.all([...lines.slice(1), next].map((line) => line.body?.cancel()));
});

test("refuses strangers, other sites, pages of other users and a body that is no list of polls", async () => {
  const ada = await app.signUp();
  const status = async (asking: Asking) => (await ask(ada, asking)).status;
  expect(await status({ headers: { cookie: "" } })).toBe(401);
  expect(await status({ headers: { "x-tracer-user": "somebody-else" } })).toBe(401);
  expect(await status({ headers: { origin: "http://elsewhere.test" } })).toBe(403);
  for (const polls of [[], "all", [1], ["https://elsewhere.test/api/users"], new Array(65).fill(poll)])
    expect(await status({ polls })).toBe(400);
  for (const browser of ["", 1, "x".repeat(65)]) expect(await status({ browser })).toBe(400);
  expect(heldFor(ada)).toEqual([]);
});

test("serves only shapes, and only live polls", async () => {
  const ada = await app.signUp();
  const polls = [
    "/api/users?offset=-1",
    "/api/line?live=true",
    "/api/auth/$?live=true",
    "/api/../x?live=true",
  ];
  const statuses: number[] = [];
  for await (const frame of answersOf(await ask(ada, { polls }))) statuses[frame.poll] = frame.status;
  expect(statuses).toEqual([400, 404, 404, 404]);
  expect(heldFor(ada)).toEqual([]);
});
