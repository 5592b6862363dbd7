import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { query } from "../test/query.ts";
import { isAlive } from "./postgres/orphan.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

let dataDir = "";
const ended: (() => unknown)[] = [];

beforeEach(async () => {
  // mkdtemp creates the folder with mode 0700, so under root the server's user cannot enter it by its path.
  const parent = await mkdtemp(join(tmpdir(), "tracer-pg-"));
  dataDir = join(parent, "postgres");
  ended.push(() => rm(parent, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function start(options: { port?: number } = {}): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, fsync: false, ...options });
  ended.push(() => postgres.stop());
  return postgres;
}

/** Starts a process that runs a Postgres on the test's folder, and waits until that Postgres is up. */
async function startParent() {
  const script = fileURLToPath(new URL("../test/parent.ts", import.meta.url));
  const parent = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  ended.push(() => parent.kill("SIGKILL"));
  const [line] = await once(createInterface(parent.stdout), "line");
  return { parent, ...(JSON.parse(line) as { pid: number; url: string }) };
}

test("the shared cluster has logical replication and runs in UTC", async () => {
  const rows = await query(
    inject("postgresUrl"),
    "select current_setting('wal_level') as wal, current_setting('TimeZone') as tz",
  );
  expect(rows).toEqual([{ wal: "logical", tz: "UTC" }]);
});

test("rows survive a stop and a start, and the database is created once", async () => {
  const first = await start();
  const url = await first.createDatabase("app");
  await query(url, "create table kept (n int); insert into kept values (7)");
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start({ port: first.port });
  expect(await second.createDatabase("app")).toBe(url);
  expect(await query(url, "select n from kept")).toEqual([{ n: 7 }]);
});

test("the server asks for the password, which lies in a file that only its owner may read", async () => {
  const postgres = await start();
  const url = new URL(postgres.url);
  expect((await stat(join(dataDir, "password"))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(dataDir, "password"), "utf8")).toBe(url.password);
  url.password = "wrong";
  await expect(query(url.href, "select 1")).rejects.toThrow(/authentication failed/);
});

test("a killed postmaster is noticed, and a start right after it recovers every row", async () => {
  const first = await start();
  await query(first.url, "create table kept (n int); insert into kept select generate_series(1, 1000)");
  // An open session is a backend that outlives the postmaster for a moment.
  const session = new Client({ connectionString: first.url });
  session.on("error", () => {});
  await session.connect();
  await first.kill();
  await first.exited;

  const second = await start({ port: first.port });
  expect(await query(second.url, "select count(*)::int as n from kept")).toEqual([{ n: 1000 }]);
  await session.end().catch(() => {});
});

test("Postgres ends when its parent is killed", async () => {
  const { parent, pid } = await startParent();
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 25_000 });
});

test("a start stops a server that was left behind, and keeps its rows", async () => {
  const { parent, url } = await startParent();
  await query(url, "create table kept (n int); insert into kept values (1)");
  // A stopped parent does nothing, and its leash notices nothing: to the next start the server is an orphan.
  parent.kill("SIGSTOP");

  const next = await start();
  await expect(query(url, "select 1")).rejects.toThrow(/ECONNREFUSED/);
  expect(await query(next.url, "select n from kept")).toEqual([{ n: 1 }]);
});

test("a start ignores a lock file with the process id of another program", async () => {
  await (await start()).stop();
  const lock = `${process.pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n\nready\n`;
  await writeFile(join(dataDir, "cluster", "postmaster.pid"), lock);
  await expect(start()).resolves.toBeDefined();
});

test("a start ignores an empty lock file", async () => {
  await (await start()).stop();
  await writeFile(join(dataDir, "cluster", "postmaster.pid"), "");
  await expect(start()).resolves.toBeDefined();
});

test("an interrupted creation begins anew", async () => {
  await mkdir(join(dataDir, "cluster.partial", "base"), { recursive: true });
  await writeFile(join(dataDir, "password"), "of the first try", { mode: 0o600 });
  const postgres = await start();
  expect(await query(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a taken port is an error that names the port", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  ended.push(() => blocker.close());
  await once(blocker, "listening");
  const address = blocker.address();
  const port = address && typeof address === "object" ? address.port : 0;
  await expect(start({ port })).rejects.toThrow(`Port ${port}`);
});

test("data of another major version is an error that offers --reset", async () => {
  await (await start()).stop();
  await writeFile(join(dataDir, "cluster", "PG_VERSION"), "16\n");
  await expect(start()).rejects.toMatchObject({
    name: "StackError",
    message: expect.stringContaining("written by Postgres 16"),
    nextStep: expect.stringContaining("--reset"),
  });
});

test("damaged data is an error with what Postgres wrote, and offers --reset", async () => {
  await (await start()).stop();
  await writeFile(join(dataDir, "cluster", "global", "pg_control"), "not a control file");
  await expect(start()).rejects.toMatchObject({
    name: "StackError",
    message: expect.stringMatching(/damaged[\s\S]*FATAL|damaged[\s\S]*PANIC/),
    nextStep: expect.stringContaining("--reset"),
  });
});

test.runIf(process.platform === "linux")(
  "a full disk is said as such, and offers no --reset, which would delete the data",
  async () => {
    await (await start()).stop();
    const options = join(dataDir, "cluster", "postmaster.opts");
    await rm(options);
    // Every write to this device fails as on a full disk.
    await symlink("/dev/full", options);
    await expect(start()).rejects.toMatchObject({
      name: "StackError",
      message: expect.stringMatching(/no room[\s\S]*No space left on device/),
      nextStep: expect.not.stringContaining("--reset"),
    });
    await rm(options);
    await start();
  },
);

test("a data directory without its version file counts as damaged, not as new", async () => {
  await (await start()).stop();
  await rm(join(dataDir, "cluster", "PG_VERSION"));
  await expect(start()).rejects.toMatchObject({ nextStep: expect.stringContaining("--reset") });
});

test("a start works in a folder that other users may not enter", async () => {
  await mkdir(dataDir);
  await chmod(dataDir, 0o700);
  const postgres = await start();
  expect(await query(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
});
