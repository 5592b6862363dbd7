import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startCli } from "../test/cli-process.ts";
import { quietPort } from "./ports.ts";
import { isAlive } from "./postgres/orphan.ts";

const patience = { timeout: 30_000 };

let dataDir = "";
const ended: (() => unknown)[] = [];

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "tracer-cli-"));
  dataDir = join(parent, "data");
  ended.push(() => rm(parent, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

function cli(args: string[], env?: Record<string, string>) {
  const started = startCli([...args, "--data-dir", dataDir], env);
  ended.push(async () => {
    if (started.child.exitCode === null) started.child.kill("SIGINT");
    await started.exit;
  });
  return started;
}

async function query(url: string | undefined, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function health(electricUrl: string | undefined): Promise<unknown> {
  return (await fetch(`${electricUrl}/v1/health`)).json();
}

test("the services start with the newest schema, end with Ctrl-C, and keep their data", async () => {
  const first = cli(["stack"]);
  const addresses = await first.addresses();
  expect(Object.keys(addresses)).toEqual(["DATABASE_URL", "ELECTRIC_URL", "ELECTRIC_SECRET"]);
  await vi.waitFor(
    async () => expect(await health(addresses.ELECTRIC_URL)).toEqual({ status: "active" }),
    patience,
  );
  await query(
    addresses.DATABASE_URL,
    `insert into "user" (id, name, email) values ('u1', 'Ada', 'ada@example.com')`,
  );
  const [postgres = 0] = first.children("postgres");
  const [shapeServer = 0] = first.children("shape-server");
  first.child.kill("SIGINT");
  expect(await first.exit).toBe(0);
  expect([postgres, shapeServer].map(isAlive)).toEqual([false, false]);

  const second = await cli(["stack"]).addresses();
  expect(second.ELECTRIC_SECRET).toBe(addresses.ELECTRIC_SECRET);
  expect(await query(second.DATABASE_URL, `select name from "user"`)).toEqual([{ name: "Ada" }]);
});

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

test("an invalid setting of Electric's is an error that names the setting", async () => {
  const refused = cli(["stack"], { ELECTRIC_LONG_POLL_TIMEOUT: "soon" });
  expect(await refused.exit).toBe(1);
  expect(refused.stderr()).toContain("ELECTRIC_LONG_POLL_TIMEOUT is a whole number");
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

test("SQL runs on the stack from another terminal, and is an error when there is no stack", async () => {
  const none = cli(["sql", "select 1"]);
  expect(await none.exit).toBe(1);
  expect(none.stderr()).toMatch(/No stack is running on .*\n→ Start it first: npm run dev/);

  await cli(["stack"]).addresses();
  const insert = cli(["sql", `insert into "user" (id, name, email) values ('u1', 'Ada', 'ada@example.com')`]);
  expect(await insert.exit).toBe(0);
  expect(insert.stdout()).toBe("INSERT 1\n");
  const select = cli(["sql", `select name from "user"`]);
  expect(await select.exit).toBe(0);
  expect(select.stdout()).toMatch(/'Ada'[\s\S]*SELECT 1/);
  const wrong = cli(["sql", "selct 1"]);
  expect(await wrong.exit).toBe(1);
  expect(wrong.stderr()).toContain('Postgres refused the statement: syntax error at or near "selct"');
});

test("a second start on the same data is refused, and the first stack goes on", async () => {
  const { DATABASE_URL } = await cli(["stack"]).addresses();
  const second = cli(["stack"]);
  expect(await second.exit).toBe(1);
  expect(second.stderr()).toMatch(/Another Tracer is running on .* \(process \d+\)\.\n→ .*--data-dir/);
  expect(await query(DATABASE_URL, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("after a kill -9 no process is left behind, and the next start works at once", async () => {
  const first = cli(["stack"]);
  const { DATABASE_URL } = await first.addresses();
  await query(DATABASE_URL, "create table kept (n int); insert into kept values (1)");
  const left = [...first.children("postgres"), ...first.children("shape-server")];
  expect(left.length).toBeGreaterThanOrEqual(2);
  first.child.kill("SIGKILL");
  await first.exit;

  const next = await cli(["stack"]).addresses();
  expect(await query(next.DATABASE_URL, "select n from kept")).toEqual([{ n: 1 }]);
  await vi.waitFor(() => expect(left.filter(isAlive)).toEqual([]), patience);
});

test("a killed Postgres and a killed shape server come back by themselves on the same ports", async () => {
  const running = cli(["stack"]);
  const { DATABASE_URL, ELECTRIC_URL } = await running.addresses();
  const [postgres = 0] = running.children("postgres -D");
  process.kill(postgres, "SIGKILL");
  await vi.waitFor(
    async () => expect(await query(DATABASE_URL, "select 1 as one")).toEqual([{ one: 1 }]),
    patience,
  );

  const [shapeServer = 0] = running.children("shape-server");
  process.kill(shapeServer, "SIGKILL");
  await vi.waitFor(async () => {
    expect(isAlive(shapeServer)).toBe(false);
    expect(await health(ELECTRIC_URL)).toEqual({ status: "active" });
  }, patience);
  expect(running.stderr()).toMatch(/Postgres has ended by itself[\s\S]*shape server has ended by itself/);
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

test("a reset of a folder with other files is refused", async () => {
  await mkdir(dataDir);
  await writeFile(join(dataDir, "thesis.txt"), "ten years of work");
  const refused = cli(["stack", "--reset"]);
  expect(await refused.exit).toBe(1);
  expect(refused.stderr()).toContain("holds other files");
});

test("a taken port is an error that names the port", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  ended.push(() => blocker.close());
  await once(blocker, "listening");
  const address = blocker.address();
  const port = String(address && typeof address === "object" ? address.port : 0);
  const refused = cli(["start", "--port", port]);
  expect(await refused.exit).toBe(1);
  expect(refused.stderr()).toMatch(new RegExp(`Port ${port} is taken\\.\n→ .*--port`));
});

test("wrong flags and half-set services are errors that say what to do", async () => {
  const usage = cli(["dev", "--port", "65536"]);
  expect(await usage.exit).toBe(1);
  expect(usage.stderr()).toContain("from 1 to 65535");

  const half = cli(["stack"], { DATABASE_URL: "postgresql://u:p@127.0.0.1:1/app" });
  expect(await half.exit).toBe(1);
  expect(half.stderr()).toMatch(/ELECTRIC_URL is not\.\n→ Set both/);

  const down = cli(["stack"], {
    DATABASE_URL: "postgresql://u:p@127.0.0.1:1/app",
    ELECTRIC_URL: "http://127.0.0.1:2",
  });
  expect(await down.exit).toBe(1);
  expect(down.stderr()).toMatch(/127\.0\.0\.1:1, does not answer: .*\n→ /);
});
