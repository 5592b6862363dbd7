import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type App, openApp, type Person } from "../../../../test/app";
import { authClient, cookiesOf } from "../../../../test/mail/auth-client";
import { startProvider } from "../../../../test/provider";

let app: App;
let provider: Awaited<ReturnType<typeof startProvider>>;
let client: ReturnType<typeof authClient>;
let callerOf: typeof import("~/lib/server/auth/caller").callerOf;
let serve: typeof import("~/lib/server/auth/auth-handler").serveAuth;

beforeAll(async () => {
  for (const level of ["info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation(() => {});
  provider = await startProvider();
  const credentials = { clientId: "client-of-the-app", clientSecret: "s3cret-of-the-client" };
  const links = { Google: credentials, GitHub: credentials };
  app = await openApp("http://127.0.0.1:1", undefined, { links });
  ({ serveAuth: serve } = await import("~/lib/server/auth/auth-handler"));
  ({ callerOf } = await import("~/lib/server/auth/caller"));
  client = authClient(app.origin, serve);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

const get = (path: string, cookie: string) =>
  serve({ request: new Request(`${app.origin}/api/auth${path}`, { headers: { cookie } }) });

/** Signs in at a provider: asks the app where to go, and comes back with a code. Gives where the person arrives. */
async function signInAt(name: "google" | "github") {
  const errorCallbackURL = "/sign-in?reason=provider";
  const begun = await client.post("/sign-in/social", {
    provider: name,
    callbackURL: "/profile",
    errorCallbackURL,
  });
  const { url } = await begun.json();
  const state = new URL(url).searchParams.get("state") ?? "";
  const query = new URLSearchParams({ code: "of-the-provider", state });
  const answer = await get(`/callback/${name}?${query}`, cookiesOf(begun));
  const { headers } = answer;
  return { begun: new URL(url), place: headers.get("location") ?? "", cookie: cookiesOf(answer) };
}

const idBy = async (cookie: string) =>
  (await callerOf(new Request(app.origin, { headers: { cookie } }), { fresh: true }))?.id;

const confirm = (person: Person) =>
  app.sql.query('update "user" set email_verified = true where id = $1', [person.id]);

const newAddress = () => `elsewhere-${crypto.randomUUID()}@example.com`;

test.each(["google", "github"] as const)(
  "a sign-in at %s makes an account without a password or a provider's token, and finds it again",
  async (name) => {
    provider.signIn(newAddress());
    const first = await signInAt(name);
    expect(first.begun.searchParams.get("code_challenge_method")).toBe("S256");
    expect(first.begun.searchParams.get("redirect_uri")).toBe(`${app.origin}/api/auth/callback/${name}`);
    expect(first.place).toBe("/profile");
    const id = await idBy(first.cookie);
    expect(id).toBeDefined();
    expect(await idBy((await signInAt(name)).cookie)).toBe(id);
    const { rows } = await app.sql.query(
      "select password, access_token, refresh_token, id_token from account where user_id = $1",
      [id],
    );
    expect(rows).toEqual([{ password: null, access_token: null, refresh_token: null, id_token: null }]);
  },
);

test("an account is found by its address only where both sides have confirmed the address", async () => {
  const ada = await app.signUp();
  for (const verified of [true, false]) {
    provider.signIn(ada.email, verified);
    const refused = await signInAt("google");
    expect(refused.place).toMatch(/^\/sign-in\?reason=provider&error=/);
    expect(await idBy(refused.cookie)).toBeUndefined();
  }
  await confirm(ada);
  provider.signIn(ada.email, false);
  expect((await signInAt("google")).place).toMatch(/^\/sign-in/);
  provider.signIn(ada.email, true);
  expect(await idBy((await signInAt("google")).cookie)).toBe(ada.id);
});

test("with a second factor an account opens by the password and a code, and not by a provider", async () => {
  const ada = await app.signUp();
  await confirm(ada);
  const id = crypto.randomUUID();
  provider.signIn(ada.email, true, id);
  expect(await idBy((await signInAt("github")).cookie)).toBe(ada.id);
  await app.sql.query('update "user" set two_factor_enabled = true where id = $1', [ada.id]);
  for (const name of ["github", "google"] as const) {
    const refused = await signInAt(name);
    expect(refused.place).toMatch(/^\/sign-in\?reason=provider&error=second_factor/);
    expect(await idBy(refused.cookie)).toBeUndefined();
  }
});

test("a person without a password sets one, or deletes the account, right after signing in and not later", async () => {
  provider.signIn(newAddress());
  const { cookie } = await signInAt("google");
  const id = await idBy(cookie);
  const methods = async () => (await get("/account/methods", cookie)).json();
  expect(await methods()).toMatchObject({ password: false });
  const age = (minutes: number) =>
    app.sql.query("update session set created_at = now() - make_interval(mins => $2) where user_id = $1", [
      id,
      minutes,
    ]);
  const set = async (newPassword: string) =>
    (await client.post("/account/set-password", { newPassword }, { cookie })).status;
  await age(11);
  expect(await set("a staple for batteries")).toBe(403);
  expect((await client.post("/account/delete", {}, { cookie })).status).toBe(403);
  await age(9);
  expect(await set("password")).toBe(400);
  expect(await set("a staple for batteries")).toBe(200);
  expect(await methods()).toMatchObject({ password: true });
  // There is a password now, which a session alone does not replace.
  expect(await set("a staple for paper")).toBe(400);
  expect((await client.post("/account/delete", {}, { cookie })).status).toBe(200);
  expect(await idBy(cookie)).toBeUndefined();
});

test("the sign-in page offers the providers that have a link", async () => {
  const { providerNames } = await import("~/lib/server/auth/providers");
  expect(providerNames).toEqual(["google", "github"]);
});

test("a token that was given to another client opens nothing, and no endpoint hands out tokens", async () => {
  const body = { provider: "google", idToken: { token: "a.b.c" } };
  const answer = await client.post("/sign-in/social", body);
  expect([answer.status, (await answer.json()).code]).toEqual([404, "ID_TOKEN_NOT_SUPPORTED"]);
  for (const path of ["/get-access-token", "/refresh-token", "/link-social", "/unlink-account"])
    expect((await client.post(path, {})).status).toBe(404);
});
