import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { addressHeader } from "../http/client-address";

let app: App;
let handle: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ serveAuth: handle } = await import("~/lib/server/auth/auth-handler"));
});
afterAll(() => app[Symbol.asyncDispose]());

let requests = 0;

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const address = `10.4.${++requests >> 8}.${requests & 255}`;
  const answer = await handle({
    request: new Request(`${app.origin}/api/auth${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: app.origin,
        [addressHeader]: address,
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

const ada = () => ({ name: "Ada Lovelace", email: `countess${++requests}@example.com` });

const refused = (message: RegExp) => ({
  status: 400,
  body: { code: "PASSWORD_REFUSED", message: expect.stringMatching(message) },
});

test.for([
  ["the commonest one", "password", /commonest/],
  ["a common one with capitals", "BaseBall", /commonest/],
  ["eight spaces", "        ", /beside the spaces/],
  ["a letter with spaces", "a         ", /beside the spaces/],
  ["the name", "Ada-Lovelace-1815", /name/],
] as const)("signing up refuses %s", async ([, password, message]) => {
  const person = ada();
  expect(await post("/sign-up/email", { ...person, password })).toEqual(refused(message));
  const { rows } = await app.sql.query('select 1 from "user" where email = $1', [person.email]);
  expect(rows).toEqual([]);
});

test("signing up refuses the address", async () => {
  const person = ada();
  const password = `${person.email.split("@", 1)[0]}!!`;
  expect(await post("/sign-up/email", { ...person, password })).toEqual(refused(/address/));
});

test.for(["correct horse battery staple", "password-1234", "Tr0ub4dor&3", "пароль из слов"])(
  "signing up takes %j",
  async (password) => {
    expect((await post("/sign-up/email", { ...ada(), password })).status).toBe(200);
  },
);

test("a change of the password follows the same rules, with the name and the address of the session", async () => {
  const { headers, email } = await app.signUp("Grace Hopper");
  const change = (newPassword: string) =>
    post("/change-password", { currentPassword: "correct horse", newPassword }, headers);
  expect(await change("iloveyou")).toEqual(refused(/commonest/));
  expect(await change("grace hopper 1906")).toEqual(refused(/name/));
  expect(await change(`my ${email.split("@", 1)[0]}`)).toEqual(refused(/address/));
  expect((await change("battery staple")).status).toBe(200);
});

test("a reset of the password follows the same rules, with the name and the address of the token's owner", async () => {
  const { id } = await app.signUp("Grace Hopper");
  await app.sql.query(
    `insert into verification (id, identifier, value, expires_at) values ($1, 'reset-password:t0ken', $2, now() + interval '1 hour')`,
    [crypto.randomUUID(), id],
  );
  const reset = (newPassword: string) => post("/reset-password", { token: "t0ken", newPassword });
  expect(await reset("iloveyou")).toEqual(refused(/commonest/));
  expect(await reset("grace hopper 1906")).toEqual(refused(/name/));
  expect((await reset("battery staple")).status).toBe(200);
});
