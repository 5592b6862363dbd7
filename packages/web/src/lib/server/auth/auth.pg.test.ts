import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openApp } from "../../../../test/app";
import { addressHeader } from "../http/client-address";

let app: Awaited<ReturnType<typeof openApp>>;
let handle: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ serveAuth: handle } = await import("~/lib/server/auth/auth-handler"));
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => vi.restoreAllMocks());

let people = 0;

function post(path: string, body: object, headers: Record<string, string> = {}) {
  return handle({
    request: new Request(`${app.origin}/api/auth${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: app.origin,
        [addressHeader]: `10.1.${++people >> 8}.${people & 255}`,
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  });
}

const person = (name: string) => ({ name, email: `p${++people}@example.com`, password: "correct horse" });

test("keeps nothing of a sign-up that fails half-way, answers in words, and logs no secret", async () => {
  const log: string[] = [];
  for (const level of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts) => void log.push(parts.map(String).join(" ")));
  }
  await app.sql.query(`create function no_account() returns trigger language plpgsql as $$
    begin raise exception 'no account today'; end $$`);
  await app.sql.query("create trigger no_account before insert on account execute function no_account()");
  const ada = person("Ada");
  const answer = await post("/sign-up/email", ada);
  await app.sql.query("drop trigger no_account on account");

  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({
    message: "Signing in is not possible at the moment. Try again in a moment.",
  });
  const { rows } = await app.sql.query('select 1 from "user" where email = $1', [ada.email]);
  expect(rows).toEqual([]);
  expect(log.join("\n")).toContain("no account today");
  // better-auth's hash is salt and key in hex with a colon between.
  expect(log.join("\n")).not.toMatch(new RegExp(`${ada.email}|[0-9a-f]{32}:[0-9a-f]{32}`));
});

test("of several sign-ups for one address at once, one succeeds and the others read that the address is taken", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  // Holds every insert back until all sign-ups have looked for the address and not found it.
  await app.sql.query('begin; lock table "user" in share row exclusive mode');
  const ada = person("Ada");
  const answers = ["", "x", "y"].map((ending) =>
    post("/sign-up/email", { ...ada, password: ada.password + ending }),
  );
  const waiting = `select 1 from pg_locks where not granted and relation = '"user"'::regclass`;
  await expect.poll(async () => (await app.sql.query(waiting)).rowCount).toBe(3);
  await app.sql.query("commit");

  const outcomes = await Promise.all(
    answers.map(async (answer) => ({ status: (await answer).status, body: await (await answer).json() })),
  );
  const [won, ...lost] = outcomes.sort((a, b) => a.status - b.status);
  expect(won).toMatchObject({ status: 200, body: { user: { email: ada.email } } });
  expect(lost).toEqual(
    new Array(2).fill({
      status: 422,
      body: expect.objectContaining({ code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" }),
    }),
  );
  const { rows } = await app.sql.query(
    'select 1 from "user" join account on account.user_id = "user".id where email = $1',
    [ada.email],
  );
  expect(rows.length).toBe(1);
  expect(log).not.toHaveBeenCalled();
});

test("answers 503 to a sign-up whose user cannot be added, and logs the cause without secrets", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  await app.sql.query(`create function no_user() returns trigger language plpgsql as $$
    begin raise exception 'no user today'; end $$`);
  await app.sql.query('create trigger no_user before insert on "user" execute function no_user()');
  const ada = person("Ada");
  const answer = await post("/sign-up/email", ada);
  await app.sql.query('drop trigger no_user on "user"');

  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({
    message: "Signing in is not possible at the moment. Try again in a moment.",
  });
  const lines = log.mock.calls.flat().join("\n");
  expect(lines).toContain("no user today");
  expect(lines).not.toContain(ada.email);
});

test("takes the name by the same rule as the profile, and no picture", async () => {
  const refused = await post("/sign-up/email", person(" \t "));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ message: "Enter your name." });
  const bob = { ...person("  Bob "), image: "javascript:alert(1)" };
  expect((await post("/sign-up/email", bob)).status).toBe(200);
  const { rows } = await app.sql.query('select name, image from "user" where email = $1', [bob.email]);
  expect(rows).toEqual([{ name: "Bob", image: null }]);
});

test("applies the rule of the form to the e-mail address", async () => {
  const long = { ...person("Ada"), email: `${"a".repeat(250)}@example.com` };
  const refused = await post("/sign-up/email", long);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ message: "Use an address of at most 254 characters." });
});

test.for([
  ["too short", "1234567", "Password too short"],
  ["too long", "x".repeat(129), "Password too long"],
] as const)("refuses a password that is %s", async ([, password, message]) => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  const refused = await post("/sign-up/email", { ...person("Ada"), password });
  expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ message })]);
});

test("answers 400 to text that Postgres cannot hold", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const answer = await post("/reset-password", { token: "\0", newPassword: "correct horse" });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ message: "These values are not allowed." });
});

test("counts attempts in the database, which all processes of the server share", async () => {
  await post(
    "/sign-in/email",
    { email: "ada@example.com", password: "guess" },
    { [addressHeader]: "10.3.0.1" },
  );
  const { rows } = await app.sql.query("select key, count from rate_limit where key like '10.3.0.1%'");
  expect(rows).toEqual([{ key: expect.stringContaining("/sign-in/email"), count: 1 }]);
});

test.for(["/update-user", "/change-email", "/delete-user"])(
  "does not offer %s, because the router alone changes a user",
  async (path) => {
    const ada = await app.signUp();
    const answer = await post(path, { name: "Eve", newEmail: "eve@example.com" }, ada.headers);
    expect(answer.status).toBe(404);
  },
);

test("does not sign a person out when the page of another site asks", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const ada = await app.signUp();
  expect((await post("/sign-out", {}, { ...ada.headers, origin: "https://evil.example" })).status).toBe(403);
  expect((await post("/sign-out", {}, ada.headers)).status).toBe(200);
});

test("refuses the eleventh guess in a row from one address, and serves other addresses", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const guess = (address: string, headers = {}) =>
    post(
      "/sign-in/email",
      { email: "ada@example.com", password: "guess" },
      { ...headers, [addressHeader]: address },
    );
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) statuses.push((await guess("10.2.0.1")).status);
  expect(statuses).toEqual([...new Array(10).fill(401), 429]);
  expect((await guess("10.2.0.2")).status).toBe(401);
  // The server ignores the address that a client claims.
  expect((await guess("10.2.0.1", { "x-forwarded-for": "10.2.0.3", "x-real-ip": "10.2.0.3" })).status).toBe(
    429,
  );
});
