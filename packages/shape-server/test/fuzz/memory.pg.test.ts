import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { createDatabase } from "../replay/database.ts";
import { bytes, request } from "./requests.ts";
import { hangUp, send, sendBytes } from "./send.ts";

// Memory is looked at in the server's own process, after garbage collection.

const REQUESTS = Number(process.env.SHAPE_FUZZ_RUNS ?? 1_500);
const MOST_GROWTH_BYTES = 6 * 1024 * 1024;

test("I-14: requests of all kinds, also those that are cut short, leave nothing behind in memory", {
  timeout: 60_000 + REQUESTS * 50,
}, async () => {
  await using database = await createDatabase(inject("postgresUrl"));
  const storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  const child = fork(join(import.meta.dirname, "memory-server.ts"), {
    execArgv: ["--expose-gc"],
    env: { ...process.env, DATABASE_URL: database.url, STREAM_ID: database.name, STORAGE_DIR: storageDir },
  });
  try {
    const [port] = await once(child, "message");
    const look = async (): Promise<number> => {
      child.send("memory");
      const [used] = await once(child, "message");
      return used;
    };
    const round = async () => {
      const requests = fc.sample(request, Math.ceil(REQUESTS / 3));
      for (const each of requests) await send(port, each);
      for (const each of fc.sample(bytes, 60)) await sendBytes(port, each, false);
      hangUp();
    };
    await round();
    const base = await look();
    await round();
    await round();
    expect(((await look()) - base) / 2).toBeLessThan(MOST_GROWTH_BYTES);
  } finally {
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    await exit;
    await rm(storageDir, { recursive: true, force: true });
  }
});
