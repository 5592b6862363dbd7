import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { cliStacks, patience } from "../test/cli-stacks.ts";
import { query } from "../test/query.ts";
import { isAlive } from "./postgres/orphan.ts";

const { cli, dataDir, defer } = cliStacks();

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

test("an invalid setting of Electric's is an error that names the setting", async () => {
  const refused = cli(["stack"], { ELECTRIC_LONG_POLL_TIMEOUT: "soon" });
  expect(await refused.exit).toBe(1);
  expect(refused.stderr()).toContain("ELECTRIC_LONG_POLL_TIMEOUT is a whole number");
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

test("a reset of a folder with other files is refused", async () => {
  await mkdir(dataDir());
  await writeFile(join(dataDir(), "thesis.txt"), "ten years of work");
  const refused = cli(["stack", "--reset"]);
  expect(await refused.exit).toBe(1);
  expect(refused.stderr()).toContain("holds other files");
});

test("a taken port is an error that names the port", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  defer(() => blocker.close());
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
