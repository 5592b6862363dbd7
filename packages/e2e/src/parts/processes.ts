import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** The id of the process that started another one. */
export async function parentOf(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(line.split(") ").at(-1)?.split(" ")[1]);
}

/** The ids of the children of a process, by default of this one, whose command line holds a text. */
export async function childrenNamed(text: string, parent = process.pid): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isOurs = async (pid: number) =>
    (await parentOf(pid)) === parent && (await readFile(`/proc/${pid}/cmdline`, "utf8")).includes(text);
  // A process may end while it is looked at.
  const ours = await Promise.all(pids.map((pid) => isOurs(pid).catch(() => false)));
  return pids.filter((_, index) => ours[index]);
}

/** The ids of the shape server's process, or of none while it starts. */
export function shapeServers(): Promise<number[]> {
  return childrenNamed("shape-server-child");
}

/** The ids of Postgres' first process and of all processes that it has started. */
export async function postgresProcesses(): Promise<number[]> {
  const first = await childrenNamed("bin/postgres");
  const started = await Promise.all(first.map((pid) => childrenNamed("", pid)));
  return [...first, ...started.flat()];
}

/** Resolves when a question gets an answer that is no failure. */
export async function answersAgain(ask: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const works = await ask().then(
      (answer) => !(answer instanceof Response) || answer.ok,
      () => false,
    );
    if (works) return;
    await delay(20);
  }
}

/**
 * Fills the disk for some processes: as long as this lasts, no write of theirs to a file succeeds. The kernel refuses a
 * write behind the limit on the size of files, here 0 bytes, with EFBIG in the place of ENOSPC. Everybody may set this
 * limit for their own processes, and no disk of the machine is filled. Only the soft limit changes, so it can be lifted.
 *
 * @param find finds the processes. A process that starts meanwhile finds the disk full too
 * @param milliseconds how long the disk stays full
 */
export async function fillDiskOf(find: () => Promise<number[]>, milliseconds: number): Promise<void> {
  const full = new Set<number>();
  for (const end = performance.now() + milliseconds; performance.now() < end; await delay(20)) {
    for (const pid of (await find()).filter((each) => !full.has(each))) {
      full.add(pid);
      await limitFiles(pid, "0");
    }
  }
  for (const pid of full) await limitFiles(pid, "unlimited");
}

async function limitFiles(pid: number, bytes: string): Promise<void> {
  // A full disk may have ended the process. Root runs Postgres as another user, who may set the limit.
  const owner = await stat(`/proc/${pid}`).catch(() => undefined);
  if (!owner) return;
  const account = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {};
  await promisify(execFile)("prlimit", [`--pid=${pid}`, `--fsize=${bytes}:`], account).catch(
    (error: unknown) => {
      if (!String(error).includes("No such process")) throw error;
    },
  );
}
