import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataDir } from "./data-dir.ts";

let parent = "";
let path = "";

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tracer-dir-"));
  path = join(parent, "data");
});
afterEach(() => rm(parent, { recursive: true }));

test("a secret is made once, and only its owner may read it", async () => {
  const first = await openDataDir(path);
  const secret = await first.secret("auth-secret");
  first.release();
  const second = await openDataDir(path);
  expect(await second.secret("auth-secret")).toBe(secret);
  expect(await second.secret("other")).not.toBe(secret);
  second.release();
  expect(secret.length).toBeGreaterThanOrEqual(32);
  expect((await stat(join(path, "auth-secret"))).mode & 0o777).toBe(0o600);
});

test("a secret whose write was interrupted is made anew", async () => {
  const dataDir = await openDataDir(path);
  await writeFile(join(path, "auth-secret"), "cut");
  expect((await dataDir.secret("auth-secret")).length).toBe(43);
  dataDir.release();
});

test("only one process at a time can use the folder", async () => {
  const first = await openDataDir(path);
  await expect(openDataDir(path)).rejects.toMatchObject({
    name: "StackError",
    message: expect.stringContaining(`process ${process.pid}`),
  });
  first.release();
  (await openDataDir(path)).release();
});

test("the folder of a killed process is free at once", async () => {
  const module = new URL("./data-dir.ts", import.meta.url).href;
  const script = `const { openDataDir } = await import(${JSON.stringify(module)});
    await openDataDir(process.argv[1]); console.log("taken"); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  await expect(openDataDir(path)).rejects.toThrow("Another Tracer");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  (await openDataDir(path)).release();
});

test("a reset deletes the data in our folder, and keeps the folder locked", async () => {
  const first = await openDataDir(path);
  const secret = await first.secret("auth-secret");
  await mkdir(join(path, "postgres", "cluster"), { recursive: true });
  first.release();

  const second = await openDataDir(path, true);
  expect(await readdir(path)).not.toContain("postgres");
  expect(await second.secret("auth-secret")).not.toBe(secret);
  second.release();
});

test("a folder with other files is never used or reset", async () => {
  await mkdir(path);
  await writeFile(join(path, "thesis.txt"), "ten years of work");
  for (const reset of [false, true]) {
    await expect(openDataDir(path, reset)).rejects.toMatchObject({
      nextStep: expect.stringContaining("--data-dir"),
    });
  }
  expect(await readdir(path)).toEqual(["thesis.txt"]);
});

test("a folder in use is not reset", async () => {
  const running = await openDataDir(path);
  await running.secret("auth-secret");
  await expect(openDataDir(path, true)).rejects.toThrow("Another Tracer");
  expect(await readdir(path)).toContain("auth-secret");
  running.release();
});

test("a path that cannot be a folder is an error that names --data-dir", async () => {
  await writeFile(path, "a file");
  await expect(openDataDir(path)).rejects.toMatchObject({ nextStep: expect.stringContaining("--data-dir") });
});
