import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { leash } from "../leash.ts";
import { withoutLibpq } from "../shell-environment.ts";
import { type Account, dataDirArgument } from "./account.ts";

export type Settings = Record<string, string | number>;

/** A start of Postgres that failed. `log` holds the last lines that Postgres wrote. */
export class PostmasterError extends Error {
  override readonly name = "PostmasterError";
  readonly log: string;

  constructor(log: string) {
    super(log);
    this.log = log;
  }

  get portTaken(): boolean {
    return /could not bind .*|could not create any TCP\/IP sockets/.test(this.log);
  }

  get diskFull(): boolean {
    return /No space left on device|Disk quota exceeded/.test(this.log);
  }

  /** Whether backends of a killed postmaster still hold the data directory, as they do for a moment. */
  get locked(): boolean {
    return /lock file "postmaster\.pid" already exists|shared memory block .* is still in use/.test(this.log);
  }
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @throws PostmasterError when the server ends before it accepts connections
 */
export async function spawnPostmaster(options: {
  postgres: string;
  dataDir: string;
  account: Account;
  settings: Settings;
  logFile: string;
}): Promise<ChildProcess> {
  const { postgres, dataDir, account, settings, logFile } = options;
  const log = await open(logFile, "w", 0o600);
  let child: ChildProcess;
  let gone = false;
  let exited: Promise<unknown>;
  try {
    child = spawn(
      postgres,
      [
        "-D",
        dataDirArgument(dataDir, account),
        ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]),
      ],
      {
        ...account,
        cwd: dataDir,
        // Ctrl-C reaches the terminal's process group. Outside that group, the child runs until this process stops it.
        detached: process.platform !== "win32",
        env: withoutLibpq(process.env),
        stdio: ["ignore", log.fd, log.fd],
      },
    );
    // The listeners come before the first await: on damaged data Postgres can end before the log file is closed.
    exited = Promise.race([once(child, "exit"), once(child, "error")]).finally(() => {
      gone = true;
    });
  } finally {
    await log.close();
  }
  leash(child, "INT");

  while (!(await isReady(dataDir, child.pid))) {
    await Promise.race([delay(10), exited]);
    if (gone) throw new PostmasterError(await lastLines(logFile));
  }
  return child;
}

/**
 * Stops a server: by a fast shutdown, and after three seconds each by an immediate shutdown and SIGKILL. A replication
 * client that does not disconnect must not hold up the stop.
 */
export async function stopPostmaster(child: ChildProcess, postgres: string, dataDir: string): Promise<void> {
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  if (ended()) return;
  const exit = once(child, "exit");
  if (process.platform === "win32") {
    execFile(join(dirname(postgres), "pg_ctl.exe"), ["stop", "-D", dataDir, "-m", "fast"], () => {});
    await exit;
    return;
  }
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    child.kill(signal);
    await Promise.race([exit, delay(3000, undefined, { ref: false })]);
    if (ended()) return;
  }
  await exit;
}

/** Whether the eighth line of postmaster.pid says "ready". pg_ctl waits for the same word. */
async function isReady(dataDir: string, pid: number | undefined): Promise<boolean> {
  const lock = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = lock.split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

async function lastLines(logFile: string): Promise<string> {
  return (await readFile(logFile, "utf8")).trim().split("\n").slice(-12).join("\n");
}
