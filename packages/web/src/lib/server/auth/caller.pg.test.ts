import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type App, openApp, type Person } from "../../../../test/app";
import { sessionCacheSeconds } from "../limits";

let app: App;
let callerOf: typeof import("~/lib/server/auth/caller").callerOf;
let statements: string[];
/** How far the clocks are ahead, in milliseconds. */
let passed = 0;
const runningTime = performance.now.bind(performance);
beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ callerOf } = await import("~/lib/server/auth/caller"));
  const send = WebSocket.prototype.send;
  vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, message) {
    statements.push(Buffer.from(message as Uint8Array).toString("latin1"));
    send.call(this, message);
  });
  statements = [];
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => {
  vi.useRealTimers();
  passed = 0;
});

const ask = ({ headers }: Pick<Person, "headers">, options?: { fresh?: boolean }) =>
  callerOf(new Request(`${app.origin}/api/users`, { headers }), options);

/** Counts the statements about sessions. */
async function counted(act: () => Promise<unknown>): Promise<number> {
  statements = [];
  await act();
  return statements.filter((text) => text.includes('from "session"') || text.includes('from "user"')).length;
}

/** Moves the clocks on: the machine's, and the one that counts how long the process runs. */
function passSeconds(seconds: number) {
  passed += seconds * 1000;
  vi.spyOn(performance, "now").mockImplementation(() => runningTime() + passed);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
}

test("a write asks the database once, every time", async () => {
  const ada = await app.signUp();
  expect(await counted(() => ask(ada))).toBe(0);
  expect(await counted(() => ask(ada, { fresh: true }))).toBe(1);
  expect(await counted(() => ask(ada, { fresh: true }))).toBe(1);
});

test("idle people who come back cost one statement together", async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => app.signUp()));
  for (const person of people) await ask(person);
  passSeconds(sessionCacheSeconds + 1);
  const asked = await counted(async () => {
    for (const person of people) expect(await ask(person)).toEqual({ id: person.id });
  });
  expect(asked).toBe(1);
});

test("a session that the database has lost is trusted no longer than its signed copy", async () => {
  const ada = await app.signUp();
  passSeconds(sessionCacheSeconds - 3);
  expect(await ask(ada)).toEqual({ id: ada.id });
  await app.sql.query("delete from session where user_id = $1", [ada.id]);
  expect(await ask(ada)).toEqual({ id: ada.id });
  expect(await ask(ada, { fresh: true })).toBeUndefined();
  passSeconds(4);
  expect(await ask(ada)).toBeUndefined();
});

test("a session that this process ends is forgotten at once", async () => {
  const ada = await app.signUp();
  const tokenAlone = ada.headers.cookie.split("; ").filter((part) => part.includes("session_token"));
  const headers = { ...ada.headers, cookie: tokenAlone.join("; ") };
  expect(await ask({ headers })).toEqual({ id: ada.id });
  expect(await counted(() => ask({ headers }))).toBe(0);
  await app.auth.api.revokeSessions({ headers: new Headers(headers) });
  expect(await ask({ headers })).toBeUndefined();
});

test("a session whose time is over is refused, however often it was used", async () => {
  const ada = await app.signUp();
  await ask(ada);
  await app.sql.query("update session set expires_at = now() - interval '1 second' where user_id = $1", [
    ada.id,
  ]);
  expect(await ask(ada, { fresh: true })).toBeUndefined();
  passSeconds(sessionCacheSeconds + 1);
  expect(await ask(ada)).toBeUndefined();
});

test("cookies that prove nothing are never remembered", async () => {
  const ada = await app.signUp();
  const forged = ada.headers.cookie.replaceAll(/(session_token=[^.]+\.)./g, "$1x");
  const headers = { ...ada.headers, cookie: forged };
  for (const options of [{}, { fresh: true }, {}]) expect(await ask({ headers }, options)).toBeUndefined();
});
