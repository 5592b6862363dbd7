import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";

let app: App;
let callerOf: typeof import("~/lib/server/auth/caller").callerOf;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1", undefined, { origin: "https://app.test" });
  ({ callerOf } = await import("~/lib/server/auth/caller"));
});
afterAll(() => app[Symbol.asyncDispose]());

const callerWith = (cookie: string) =>
  callerOf(new Request(app.origin, { headers: { cookie } }), { fresh: true });

test("on HTTPS every cookie is bound to the host", async () => {
  const answer = await app.auth.api.signUpEmail({
    body: { name: "Ada", email: "ada.of.https@example.com", password: "correct horse" },
    asResponse: true,
  });
  const lines = answer.headers.getSetCookie();
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line).toMatch(/^__Host-better-auth\.\w+=/);
    const attributes = line.split("; ").slice(1);
    expect(attributes).toEqual(expect.arrayContaining(["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]));
    expect(line).not.toMatch(/domain/i);
  }
});

test("a cookie that another host of the domain has planted counts for nothing", async () => {
  const [ada, eve] = [await app.signUp("Ada"), await app.signUp("Eve")];
  expect(await callerWith(ada.headers.cookie)).toEqual({ id: ada.id });
  // A host below the domain can set a cookie for the domain, but none whose name begins with __Host-.
  for (const prefix of ["", "__Secure-"]) {
    const planted = eve.headers.cookie.replaceAll("__Host-", prefix);
    expect(await callerWith(planted)).toBeUndefined();
    expect(await callerWith(`${planted}; ${ada.headers.cookie}`)).toEqual({ id: ada.id });
    expect(await callerWith(`${ada.headers.cookie}; ${planted}`)).toEqual({ id: ada.id });
  }
});
