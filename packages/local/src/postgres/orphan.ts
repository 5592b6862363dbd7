import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/**
 * Stops a server that an earlier run left behind on `dataDir`.
 *
 * A lock file with the process id of another program is removed. A lock file with the id of a process that has ended
 * stays, because Postgres needs it to find backends that outlived their postmaster.
 *
 * @returns the process id of the server that was stopped, if there was one
 */
export async function stopOrphan(dataDir: string): Promise<number | undefined> {
  const lockFile = join(dataDir, "postmaster.pid");
  const lock = await readFile(lockFile, "utf8").catch(() => undefined);
  if (lock === undefined) return;
  const pid = Number(lock.split("\n", 1)[0]);
  if (!Number.isInteger(pid) || pid <= 0) {
    await rm(lockFile);
    return;
  }
  if (!isAlive(pid)) return;
  if (!(await isServerOf(pid, dataDir))) {
    await rm(lockFile);
    return;
  }
  // Fast shutdown, then immediate shutdown, then a signal that no process can ignore.
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    send(pid, signal);
    for (let waited = 0; waited < 3000; waited += 20) {
      // Postgres removes its lock file last. A killed Postgres leaves the file behind.
      if (!isAlive(pid) || !existsSync(lockFile)) return pid;
      await delay(20);
    }
  }
  return pid;
}

/** Whether a process runs. EPERM means that the process runs as another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}

/** Whether a process is a server on `dataDir`. Systems reuse process ids, so the id alone proves nothing. */
async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  const real = await realpath(dataDir);
  try {
    if (process.platform === "linux") {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
      // Root in a container cannot read the working directory of another user's process, only its command line.
      return cwd === undefined
        ? (await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("postgres")
        : cwd === real;
    }
    if (process.platform === "win32") return true;
    const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]);
    return stdout.includes(dataDir) || stdout.includes(real);
  } catch {
    return false;
  }
}
