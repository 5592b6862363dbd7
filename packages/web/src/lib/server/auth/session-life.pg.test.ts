import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp, type Person } from "../../../../test/app";
import { longestSessionSeconds } from "../limits";

let app: App;
let callerOf: typeof import("~/lib/server/auth/caller").callerOf;
let serveAuth: typeof import("~/lib/server/auth/auth-handler").serveAuth;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ callerOf } = await import("~/lib/server/auth/caller"));
  ({ serveAuth } = await import("~/lib/server/auth/auth-handler"));
});
afterAll(() => app[Symbol.asyncDispose]());

let requests = 0;

async function signIn({ email }: Person, cookie = ""): Promise<Person["headers"]> {
  const answer = await serveAuth({
    request: new Request(`${app.origin}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: app.origin,
        "x-tracer-client-ip": `10.5.0.${++requests}`,
        cookie,
      },
      body: JSON.stringify({ email, password: "correct horse" }),
    }),
  });
  expect(answer.status).toBe(200);
  const set = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  return { cookie: set.join("; "), origin: app.origin };
}

const isSignedIn = async (headers: Person["headers"]) =>
  (await callerOf(new Request(app.origin, { headers }), { fresh: true })) !== undefined;

/** Lets time pass for the sessions of a person: as if the last use were that long ago. */
const age = ({ id }: Person, days: number) =>
  app.sql.query(
    "update session set created_at = created_at - make_interval(days => $2), expires_at = now() + interval '1 hour' where user_id = $1",
    [id, days],
  );

const times = async ({ id }: Person) => {
  const { rows } = await app.sql.query(
    `select extract(epoch from expires_at - created_at)::float8 as life, extract(epoch from expires_at - now())::float8 as rest
     from session where user_id = $1`,
    [id],
  );
  return rows[0];
};

test("use prolongs a session by a week, and past thirty days no more", async () => {
  const ada = await app.signUp();
  const use = () =>
    app.auth.api.getSession({ headers: new Headers(ada.headers), query: { disableCookieCache: true } });
  await age(ada, 6);
  expect(await use()).not.toBeNull();
  expect((await times(ada)).rest).toBeCloseTo(7 * 24 * 3600, -2);

  await age(ada, 23);
  for (let uses = 0; uses < 2; uses++) {
    expect(await use()).not.toBeNull();
    expect((await times(ada)).life).toBeCloseTo(longestSessionSeconds, 0);
    expect((await times(ada)).rest).toBeCloseTo(24 * 3600, -2);
  }
});

test("signing in over a session ends the session, also the session of somebody else", async () => {
  const ada = await app.signUp();
  const again = await signIn(ada, ada.headers.cookie);
  expect(await isSignedIn(ada.headers)).toBe(false);
  expect(await isSignedIn(again)).toBe(true);

  const bob = await app.signUp();
  const over = await signIn(bob, again.cookie);
  expect(await isSignedIn(again)).toBe(false);
  expect([await isSignedIn(over), await isSignedIn(bob.headers)]).toEqual([true, true]);
});

test("a sign-in that fails ends no session", async () => {
  const ada = await app.signUp();
  const nobody = { ...ada, email: "nobody@example.com" };
  await expect(signIn(nobody, ada.headers.cookie)).rejects.toThrow();
  expect(await isSignedIn(ada.headers)).toBe(true);
});
