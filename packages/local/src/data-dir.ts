import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stopOrphan } from "./postgres/orphan.ts";
import { StackError } from "./stack-error.ts";

export type DataDir = {
  path: string;
  /** A random text of 43 characters, made at the first call for `name` and the same ever after. */
  secret(name: string): Promise<string>;
  /** Lets another process have the folder. */
  release(): void;
};

const MARKER = "tracer-data.txt";
const LOCK = "lock.db";
/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Takes the folder in which a local stack keeps everything, for this process alone.
 *
 * @param reset delete first what an earlier run left in it; a folder that is not marked as ours is never touched
 * @throws StackError when the folder is somebody else's, or another process runs on it
 */
export async function openDataDir(path: string, reset = false): Promise<DataDir> {
  const dir = resolve(path);
  await claim(dir);
  const lock = takeLock(dir);
  try {
    if (reset) await empty(dir);
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    path: dir,
    secret: (name) => secret(join(dir, name)),
    release: () => lock.close(),
  };
}

async function claim(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch((cause) => {
    throw new StackError(`Cannot make the folder ${dir}: ${cause.message}`, "Choose another --data-dir.", {
      cause,
    });
  });
  if (existsSync(join(dir, MARKER))) return;
  if ((await readdir(dir)).length > 0) {
    throw new StackError(
      `The folder ${dir} holds something else: it has no ${MARKER}.`,
      "Choose another --data-dir, one that is empty or does not exist yet.",
    );
  }
  await writeFile(
    join(dir, MARKER),
    "The data of Tracer's local stack. --reset deletes what is in folders with this file.\n",
  );
}

/**
 * Node has no flock(2), but SQLite takes locks that the kernel drops with the process, however that ends: a `kill -9`
 * leaves nothing stale behind, and no process number has to be believed.
 */
function takeLock(dir: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(dir, LOCK));
    database.exec("pragma locking_mode = exclusive; begin exclusive");
    writeFileSync(join(dir, "pid"), String(process.pid));
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY) {
      throw new StackError(
        `Another Tracer is running on ${dir}${processOf(dir)}.`,
        "Stop it with Ctrl-C, or start this one with another --data-dir.",
        { cause },
      );
    }
    throw new StackError(
      `The folder ${dir} cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      "Start as the user who made it, or choose another --data-dir.",
      { cause },
    );
  }
}

function processOf(dir: string): string {
  try {
    return ` (process ${readFileSync(join(dir, "pid"), "utf8")})`;
  } catch {
    return "";
  }
}

async function empty(dir: string): Promise<void> {
  await stopOrphan(join(dir, "postgres", "cluster"));
  for (const name of await readdir(dir)) {
    if (name !== MARKER && !name.startsWith(LOCK) && name !== "pid")
      await rm(join(dir, name), { recursive: true });
  }
}

async function secret(path: string): Promise<string> {
  const kept = await readFile(path, "utf8").catch(() => "");
  // 32 bytes make 43 characters; a shorter text is of a write that was cut short.
  if (kept.length >= 43) return kept;
  const made = randomBytes(32).toString("base64url");
  await writeFile(path, made, { mode: 0o600 });
  return made;
}
