import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Ground, openGround } from "./ground.ts";
import { health, type Program, spawnProgram } from "./program.ts";
import { Reader } from "./reader.ts";

// A disk that is full. The kernel refuses every write of a process to a file when the limit on the size of files is 0, so
// that no disk of the machine is filled. The program sees EFBIG in the place of ENOSPC. Only Linux lets another process
// lift the limit.

const onLinux = test.runIf(process.platform === "linux");

const onFullDisk = ["prlimit", "--fsize=0:"];

let ground: Ground;
let environment: Record<string, string>;
let program: Program | undefined;

beforeAll(async () => {
  ground = await openGround(
    inject("postgresUrl"),
    "CREATE TABLE items (id int PRIMARY KEY, v text); INSERT INTO items VALUES (1, 'a')",
  );
  environment = { ...ground.environment, ELECTRIC_LONG_POLL_TIMEOUT: "500" };
});

afterAll(async () => {
  await program?.end("SIGTERM");
  await ground?.[Symbol.asyncDispose]();
});

const url = () => program?.url ?? "";
const size = (count: number) => (rows: Reader["rows"]) => rows.size === count;

/** Sets how many bytes a file of the program may have. */
const limitFiles = (bytes: "0" | "unlimited") =>
  promisify(execFile)("prlimit", [`--pid=${program?.child.pid}`, `--fsize=${bytes}:`]);

onLinux("a start on a full disk waits for room", async () => {
  program = spawnProgram(environment, [], onFullDisk);
  await expect.poll(() => program?.output(), { timeout: 20_000 }).toContain("replication has stopped");
  expect(await health(url())).toBe("202 starting");
  await limitFiles("unlimited");
  await expect.poll(() => health(url()), { timeout: 20_000 }).toBe("200 active");
});

onLinux(
  "while the disk is full, clients get every change, and nothing is lost when the server is killed later",
  async () => {
    const reader = new Reader({ table: "items" });
    await reader.until(url, size(1));
    await limitFiles("0");
    for (let id = 2; id <= 20; id++)
      await ground.sql.query("INSERT INTO items VALUES ($1, repeat('x', 5000))", [id]);
    await reader.until(url, size(20));
    await expect.poll(() => program?.output()).toContain("changes cannot be written to files");
    const refused = await fetch(`${url()}/v1/shape?table=items&where=id>3&offset=-1`);
    expect(refused.status).toBe(503);

    await limitFiles("unlimited");
    await expect.poll(() => program?.output()).toContain("changes are written to files again");
    await program?.end("SIGKILL");
    program = spawnProgram(environment);
    await ground.sql.query("INSERT INTO items VALUES (21, 'b')");
    await reader.until(url, size(21));
    expect(reader.refetches).toBe(0);
  },
);

onLinux("what could not be written before the end is read again from Postgres", async () => {
  const reader = new Reader({ table: "items" });
  await reader.until(url, size(21));
  await limitFiles("0");
  await ground.sql.query("DELETE FROM items WHERE id > 10");
  await reader.until(url, size(10));
  await program?.end("SIGKILL");
  program = spawnProgram(environment);
  await ground.sql.query("DELETE FROM items WHERE id > 9");
  await reader.until(url, size(9));
  expect(reader.refetches).toBe(0);
});
