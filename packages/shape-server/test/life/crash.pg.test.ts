import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { type Ground, openGround } from "./ground.ts";
import { health, type Program, spawnProgram } from "./program.ts";
import { Reader } from "./reader.ts";

let ground: Ground;
let environment: Record<string, string>;
let program: Program;

beforeAll(async () => {
  ground = await openGround(
    inject("postgresUrl"),
    `CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL, note text);
      INSERT INTO counters SELECT i, 0 FROM generate_series(1, 20) i`,
  );
  environment = {
    ...ground.environment,
    // For half of this time the server waits after a restart, until it has read again what a client knows already.
    ELECTRIC_LONG_POLL_TIMEOUT: "30000",
    ELECTRIC_LOG_LEVEL: "error",
  };
  program = spawnProgram(environment);
  await active();
});

afterAll(async () => {
  await program?.end("SIGTERM");
  await ground?.[Symbol.asyncDispose]();
});

const active = () =>
  vi.waitUntil(async () => (await health(program.url)) === "200 active", { timeout: 30_000 });

test("I-12: a server that is killed again and again loses, repeats and swaps nothing", async () => {
  const all = new Reader({ table: "counters" });
  const some = new Reader({ table: "counters", where: "id = 7" });
  const full = new Reader({ table: "counters", where: "n > 3", replica: "full" });
  const readers = [all, some, full];
  for (const reader of readers)
    await reader.until(
      () => program.url,
      () => true,
    );
  const handles = readers.map((reader) => reader.handle);

  let writing = true;
  let last = 0;
  const writer = (async () => {
    for (; writing; last++) {
      await ground.sql.query(`BEGIN; UPDATE counters SET n = ${last} WHERE id = 7; UPDATE counters SET n = n + 1
        WHERE id IN (${(last % 20) + 1}, ${((last * 7) % 20) + 1}); DELETE FROM counters WHERE id = 1000;
        INSERT INTO counters VALUES (1000, ${last}, repeat('x', ${last % 3000})); COMMIT`);
    }
  })();
  const restarts = (async () => {
    for (let round = 0; round < 6; round++) {
      // at some point of the work: after so many more transactions
      const target = last + 5 + ((round * 37) % 60);
      await expect.poll(() => last, { interval: 1 }).toBeGreaterThan(target);
      await program.end("SIGKILL");
      program = spawnProgram(environment);
      await active();
    }
    writing = false;
  })();
  const followers = readers.map(async (reader) => {
    while (writing)
      await reader.until(
        () => program.url,
        () => true,
      );
  });
  await Promise.all([writer, restarts, ...followers]);

  const { rows } = await ground.sql.query<{ id: number; n: number }>("SELECT id, n FROM counters");
  const shows = (reader: Reader, wanted: typeof rows) => {
    const shown = new Map([...reader.rows.values()].map((row) => [Number(row.id), Number(row.n)]));
    return shown.size === wanted.length && wanted.every(({ id, n }) => shown.get(id) === n);
  };
  await all.until(
    () => program.url,
    () => shows(all, rows),
  );
  await some.until(
    () => program.url,
    () =>
      shows(
        some,
        rows.filter((row) => row.id === 7),
      ),
  );
  await full.until(
    () => program.url,
    () =>
      shows(
        full,
        rows.filter((row) => row.n > 3),
      ),
  );
  expect(readers.map((reader) => reader.refetches)).toEqual([0, 0, 0]);
  expect(readers.map((reader) => reader.handle)).toEqual(handles);
});

test("SIGTERM answers those who wait and ends with code 0", async () => {
  const reader = new Reader({ table: "counters", where: "id = 1" });
  await reader.until(
    () => program.url,
    () => true,
  );
  const { handle, offset } = reader;
  const query = new URLSearchParams({ table: "counters", where: "id = 1", handle, offset, live: "true" });
  const waiting = fetch(`${program.url}/v1/shape?${query}`);
  // the next answer on the same server comes after the poll has been taken in
  await reader.ask(program.url);
  expect(await program.end("SIGTERM")).toBe(0);
  expect((await waiting).status).toBe(200);
  program = spawnProgram(environment);
  await active();
  await reader.ask(program.url);
  expect(reader.refetches).toBe(0);
});

test("the owner alone can read what the server keeps", async () => {
  const entries = await readdir(ground.storageDir, { recursive: true });
  expect(entries.length).toBeGreaterThan(5);
  const modes = await Promise.all(
    entries.map(async (entry) => {
      const known = await stat(join(ground.storageDir, entry));
      return [known.isDirectory(), (known.mode & 0o777).toString(8)];
    }),
  );
  const found = new Set(modes.map(([isFolder, mode]) => `${isFolder ? "folder" : "file"} ${mode}`));
  expect([...found].sort()).toEqual(["file 600", "folder 700"]);
});

test("what is wrong with the settings is said, with exit code 2", async () => {
  const wrong = spawnProgram({ ...environment, ELECTRIC_INSECURE: "" });
  await expect.poll(() => wrong.child.exitCode).toBe(2);
  expect(wrong.output()).toContain("ELECTRIC_SECRET");
});
