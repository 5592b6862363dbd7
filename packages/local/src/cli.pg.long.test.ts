import { expect, test, vi } from "vitest";
import { cliStacks, patience } from "../test/cli-stacks.ts";
import { query } from "../test/query.ts";
import { quietPort } from "./ports.ts";

// What `cli.pg.test.ts` leaves out, because each test starts a stack or two.

const { cli } = cliStacks();

test("the stack's shape server reads Electric's settings, and uses the secret that is set", async () => {
  const settings = { ELECTRIC_SECRET: "of my own", ELECTRIC_ENABLE_INTEGRATION_TESTING: "true" };
  const { ELECTRIC_URL, ELECTRIC_SECRET } = await cli(["stack"], settings).addresses();
  expect(ELECTRIC_SECRET).toBe("of my own");
  const shape = (method: string) =>
    fetch(`${ELECTRIC_URL}/v1/shape?table="user"&offset=-1&secret=of+my+own`, { method });
  expect((await shape("GET")).status).toBe(200);
  expect((await shape("DELETE")).status).toBe(202);
});

test("with its secret too, Electric serves the synced columns of the synced tables and nothing else", async () => {
  const stack = cli(["stack", "--published-only"]);
  const { DATABASE_URL, ELECTRIC_URL, ELECTRIC_SECRET } = await stack.addresses();
  await query(
    DATABASE_URL,
    'alter table "user" add column hidden text; create table mine (id int primary key)',
  );
  const shape = async (definition: string) => {
    const answer = await fetch(`${ELECTRIC_URL}/v1/shape?secret=${ELECTRIC_SECRET}&offset=-1&${definition}`);
    return { status: answer.status, text: await answer.text() };
  };
  expect((await shape('table="user"&columns=id,name,email')).status).toBe(200);
  for (const definition of [
    "table=account",
    "table=session&columns=id,token",
    "table=drizzle.__drizzle_migrations",
    "table=mine",
    'table="user"&columns=id,hidden',
    'table="user"',
    `table="user"&columns=id&where=hidden='x'`,
  ]) {
    const { status, text } = await shape(definition);
    // The status of the real Electric, for what lasts until a person changes the database.
    expect(status, `${definition}: ${text}`).toBe(503);
    expect(text, definition).toContain("permission denied");
  }
});

test("the services alone serve other programs' tables too, and their changes", async () => {
  const { DATABASE_URL, ELECTRIC_URL, ELECTRIC_SECRET } = await cli(["stack"]).addresses();
  await query(DATABASE_URL, "create table mine (id int primary key)");
  const shape = (place: string) =>
    fetch(`${ELECTRIC_URL}/v1/shape?secret=${ELECTRIC_SECRET}&table=mine&${place}`);
  const first = await shape("offset=-1");
  expect(first.status).toBe(200);
  const [handle, offset] = ["handle", "offset"].map((name) => first.headers.get(`electric-${name}`));
  await query(DATABASE_URL, "insert into mine values (7)");
  const changes = await shape(`offset=${offset}&handle=${handle}&live=true`);
  expect(await changes.json()).toContainEqual(expect.objectContaining({ value: { id: "7" } }));
});

test("the services of the stack ignore the shell's libpq variables and proxies", async () => {
  // Nothing listens on this port.
  const proxy = "http://127.0.0.1:1";
  const shell = {
    PGHOST: "nowhere.invalid",
    PGPORT: "1",
    PGUSER: "nobody",
    PGPASSWORD: "wrong",
    PGDATABASE: "nothing",
    PGSERVICE: "nothing",
    PGSSLMODE: "require",
    PGSSLNEGOTIATION: "direct",
    PGOPTIONS: "-c default_transaction_read_only=on",
    PGCLIENTENCODING: "LATIN1",
    NODE_USE_ENV_PROXY: "1",
    ...{ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy },
    ...{ http_proxy: proxy, https_proxy: proxy, all_proxy: proxy },
    NO_PROXY: "intranet.example",
    // Vitest sets "test", with which the app would not run as it does for a person.
    NODE_ENV: "development",
  };
  const url = `http://localhost:${await quietPort()}`;
  const running = cli(["dev", "--port", new URL(url).port], shell);
  await running.says(`Tracer is at ${url}`);

  const signUp = await fetch(`${url}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ name: "Zoë", email: "zoe@example.com", password: "correct horse" }),
  });
  expect([signUp.status, running.stderr()]).toEqual([200, expect.any(String)]);
  const cookie = signUp.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  const shape = await fetch(`${url}/api/users?offset=-1`, { headers: { cookie: cookie.join("; ") } });
  expect(await shape.text()).toContain("Zoë");

  const select = cli(["sql", `select name from "user"`], shell);
  expect([await select.exit, select.stderr()]).toEqual([0, ""]);
  expect(select.stdout()).toContain("'Zoë'");
});

test("Ctrl-C during a start ends the start", async () => {
  const starting = cli(["stack"]);
  await vi.waitFor(() => expect(starting.stderr()).toContain("Postgres"), patience);
  starting.child.kill("SIGINT");
  expect(await starting.exit).toBe(0);
  await expect(cli(["stack"]).addresses()).resolves.toHaveProperty("DATABASE_URL");
});

test("a reset begins with an empty database", async () => {
  const first = cli(["stack"]);
  const { DATABASE_URL } = await first.addresses();
  await query(DATABASE_URL, "create table old (n int)");
  first.child.kill("SIGTERM");
  expect(await first.exit).toBe(0);

  const second = await cli(["stack", "--reset"]).addresses();
  expect(await query(second.DATABASE_URL, "select to_regclass('old') as old")).toEqual([{ old: null }]);
});
