import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { stopOrphan } from "./postgres/orphan.ts";
import { StackError } from "./stack-error.ts";

export interface DataDir {
  path: string;
  /**
   * A random secret of 43 characters. The first call for a `name` makes the secret, and every later call and run
   * returns the same one.
   */
  secret(name: string): Promise<string>;
  /** Releases the folder for other processes. */
  release(): void;
}

/** The file that marks a folder as one of Tracer's. */
const marker = "tracer-data.txt";
const lockName = "lock.db";
/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5;

/**
 * Locks the folder in which a local stack keeps all its data, and makes the folder when there is none.
 *
 * @param reset first deletes the data of earlier runs. A folder without the marker is never touched
 * @throws StackError when the folder holds other files, or another process uses it
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
    throw new StackError(`Cannot create the folder ${dir}: ${cause.message}`, "Choose another --data-dir.", {
      cause,
    });
  });
  if (existsSync(join(dir, marker))) return;
  if ((await readdir(dir)).length > 0) {
    throw new StackError(
      `The folder ${dir} holds other files and no ${marker}.`,
      "Choose another --data-dir that is empty or does not exist yet.",
    );
  }
  await writeFile(
    join(dir, marker),
    "This folder holds the data of Tracer's local stack. --reset deletes everything else in a folder with this file.\n",
  );
}

/**
 * Node has no flock(2), but SQLite takes locks that the kernel drops with the process, however that ends: a `kill -9`
 * leaves nothing stale behind, and no process number has to be believed.
 */
function takeLock(dir: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(dir, lockName));
    database.exec("pragma locking_mode = exclusive; begin exclusive");
    writeFileSync(join(dir, "pid"), String(process.pid));
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === sqliteBusy) {
      throw new StackError(
        `Another Tracer is running on ${dir}${processOf(dir)}.`,
        "Stop it with Ctrl-C, or start this one with another --data-dir.",
        { cause },
      );
    }
    throw new StackError(
      `The folder ${dir} cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      "Make room on the disk if it is full, start as the user who owns the folder, or choose another --data-dir.",
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
    if (name !== marker && !name.startsWith(lockName) && name !== "pid")
      await rm(join(dir, name), { recursive: true });
  }
}

async function secret(path: string): Promise<string> {
  const kept = await readFile(path, "utf8").catch(() => "");
  // 32 bytes are 43 characters in base64url. A shorter text comes from a write that was interrupted.
  if (kept.length >= 43) return kept;
  const made = randomBytes(32).toString("base64url");
  await writeFile(path, made, { mode: 0o600 });
  return made;
}
