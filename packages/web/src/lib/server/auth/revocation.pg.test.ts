import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type App, openApp, type Person } from "../../../../test/app";
import { addressHeader } from "../http/client-address";

/** Within this time every request and every open line of an ended session has ended, in milliseconds. */
const bound = 15_000;

let app: App;
let sessionOf: typeof import("~/lib/server/auth/caller").sessionOf;
let watchSession: typeof import("~/lib/server/auth/standing").watchSession;
let serveAuth: typeof import("~/lib/server/auth/auth-handler").serveAuth;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ sessionOf } = await import("~/lib/server/auth/caller"));
  ({ watchSession } = await import("~/lib/server/auth/standing"));
  ({ serveAuth } = await import("~/lib/server/auth/auth-handler"));
  // The app's clocks stand still until a test moves them on, so that no test waits.
  vi.useFakeTimers({ toFake: ["Date", "performance", "setInterval", "clearInterval"] });
});
afterAll(async () => {
  vi.useRealTimers();
  await app[Symbol.asyncDispose]();
});

type Headers = Person["headers"];
let requests = 0;

async function post(path: string, body: object, headers: Partial<Headers> = {}): Promise<Response> {
  const answer = await serveAuth({
    request: new Request(`${app.origin}/api/auth${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: app.origin,
        [addressHeader]: `10.6.${++requests >> 8}.${requests & 255}`,
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  });
  expect(answer.status, path).toBe(200);
  return answer;
}

/** Signs a person in on another device. */
async function elsewhere({ email }: Person, cookie = ""): Promise<Headers> {
  const answer = await post("/sign-in/email", { email, password: "correct horse" }, { cookie });
  const set = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  return { cookie: set.join("; "), origin: app.origin };
}

const sql = (statement: string) => (person: Person) => app.sql.query(statement, [person.id]);

async function idOf({ headers }: Person): Promise<string> {
  const found = await app.auth.api.getSession({ headers: new Headers(headers) });
  return found?.session.id ?? "";
}

/** Every way in which a session ends, each as an act on the person whose session it is. */
const kinds: Record<string, (person: Person) => Promise<unknown>> = {
  "signing out": ({ headers }) => post("/sign-out", {}, headers),
  "signing in over the session": (person) => elsewhere(person, person.headers.cookie),
  "ending the session from another device": async (person) =>
    post("/account/end-device", { id: await idOf(person) }, await elsewhere(person)),
  "ending all other sessions from another device": async (person) =>
    post("/account/end-other-devices", {}, await elsewhere(person)),
  "a change of the password on another device": async (person) =>
    post(
      "/change-password",
      { currentPassword: "correct horse", newPassword: "battery staple" },
      await elsewhere(person),
    ),
  "a reset of the password": async (person) => {
    // In the table stands a hash of the token.
    const identifier = createHash("sha256").update(`reset-password:${person.id}`).digest("base64url");
    await app.sql.query(
      `insert into verification (id, identifier, value, expires_at) values ($1, $2, $3, now() + interval '1 hour')`,
      [crypto.randomUUID(), identifier, person.id],
    );
    return post("/reset-password", { token: person.id, newPassword: "battery staple" });
  },
  "the deletion of the account": ({ headers }) =>
    post("/account/delete", { password: "correct horse" }, headers),
  "another process that deletes the session": sql("delete from session where user_id = $1"),
  "another process that deletes the person": sql('delete from "user" where id = $1'),
  "the end of its time": sql("update session set expires_at = now() where user_id = $1"),
};

test.for(Object.entries(kinds))("%s ends reads, writes and open lines within 15 seconds", async ([, end]) => {
  const ada = await app.signUp();
  const request = () => new Request(`${app.origin}/api/users`, { headers: ada.headers });
  const session = await sessionOf(request());
  expect(session).toBeDefined();
  if (!session) return;
  const { promise: lineEnded, resolve } = Promise.withResolvers<void>();
  const unwatch = watchSession(session, resolve);
  await end(ada);
  // A write is refused from the first moment.
  expect(await sessionOf(request(), { fresh: true })).toBeUndefined();
  await vi.advanceTimersByTimeAsync(bound);
  expect(await sessionOf(request())).toBeUndefined();
  await lineEnded;
  unwatch();
});

test("a clock that is set back by an hour gives an ended session no hour", async () => {
  const ada = await app.signUp();
  const request = () => new Request(`${app.origin}/api/users`, { headers: ada.headers });
  expect(await sessionOf(request())).toBeDefined();
  await app.sql.query("delete from session where user_id = $1", [ada.id]);
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(bound);
  for (let n = 0; n < 4; n++) expect(await sessionOf(request())).toBeUndefined();
});
