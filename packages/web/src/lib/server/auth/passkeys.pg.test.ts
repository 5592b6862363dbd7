import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { authClient } from "../../../../test/mail/auth-client";

// `passkeys.spec.ts` makes and uses passkeys, with a device in a real browser.

let app: App;
let client: ReturnType<typeof authClient>;
let serve: typeof import("~/lib/server/auth/auth-handler").serveAuth;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ serveAuth: serve } = await import("~/lib/server/auth/auth-handler"));
  client = authClient(app.origin, serve);
});
afterAll(() => app[Symbol.asyncDispose]());

const get = (path: string, cookie = "") =>
  serve({ request: new Request(`${app.origin}/api/auth${path}`, { headers: { cookie } }) });

test("a passkey is added only right after signing in, and the device has to check who holds it", async () => {
  const { id, headers } = await app.signUp();
  const begin = () => get("/passkey/generate-register-options", headers.cookie);
  const options = await (await begin()).json();
  expect(options.rp.id).toBe("app.test");
  expect(options.authenticatorSelection).toMatchObject({
    residentKey: "required",
    userVerification: "required",
  });
  await app.sql.query("update session set created_at = now() - interval '11 minutes' where user_id = $1", [
    id,
  ]);
  expect((await begin()).status).toBe(403);
  await app.sql.query("delete from session where user_id = $1", [id]);
  expect((await begin()).status).toBe(401);
});

test("nobody removes the passkey of somebody else, and no endpoint lists more than the account page shows", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp()];
  await app.sql.query(
    `insert into passkey (id, user_id, name, public_key, credential_id, counter, device_type, backed_up)
     values ('of-ada', $1, 'Laptop', 'public', 'credential', 0, 'singleDevice', false)`,
    [ada.id],
  );
  const remove = async ({ headers }: typeof ada) =>
    (await client.post("/passkey/delete-passkey", { id: "of-ada" }, headers)).status;
  expect(await remove(bob)).toBe(401);
  const methods = await (await get("/account/methods", ada.headers.cookie)).json();
  const addedAt = expect.any(String);
  expect(methods.passkeys).toEqual([{ id: "of-ada", name: "Laptop", addedAt }]);
  expect(await remove(ada)).toBe(200);
  for (const path of ["/passkey/list-user-passkeys", "/passkey/update-passkey"])
    expect((await get(path, ada.headers.cookie)).status).toBe(404);
});
