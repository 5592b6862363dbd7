import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { withoutLibpq } from "../shell-environment.ts";
import { StackError, USE_OTHER_SERVICES } from "../stack-error.ts";
import { type Account, dataDirArgument } from "./account.ts";
import type { Binaries } from "./binaries.ts";

/** A data directory that a server can be started on, and its superuser's password. */
export type Cluster = { dataDir: string; password: string };

/** Who owns the cluster, and whom the local stack connects as. */
export const SUPERUSER = "postgres";

/**
 * The cluster below `home`, made on first use. `home/cluster` is Postgres's own, `home/password` is readable by us alone.
 *
 * @throws StackError when what is there belongs to another version, or is damaged.
 */
export async function openCluster(
  home: string,
  binaries: Binaries,
  account: Account,
  fsync: boolean,
): Promise<Cluster> {
  const dataDir = join(home, "cluster");
  const passwordFile = join(home, "password");
  const version = await readIfThere(join(dataDir, "PG_VERSION"));
  if (version === undefined) {
    if (existsSync(dataDir)) throw damaged(home);
    await createCluster(home, binaries, account, fsync);
  } else if (version.trim() !== binaries.major) {
    throw new StackError(
      `The data in ${home} was written by Postgres ${version.trim() || "(unknown)"}, this is Postgres ${binaries.major}.`,
      "Start once with --reset to begin with an empty database, or choose another --data-dir.",
    );
  }
  const password = await readIfThere(passwordFile);
  if (!password) throw damaged(home);
  return { dataDir, password };
}

/** The error for data that no server starts on; `detail` is what Postgres said. */
export function damaged(home: string, detail = ""): StackError {
  return new StackError(
    `The database in ${home} is damaged.${detail && `\n${detail}`}`,
    "Start once with --reset to begin with an empty database.",
  );
}

async function createCluster(
  home: string,
  binaries: Binaries,
  account: Account,
  fsync: boolean,
): Promise<void> {
  await mkdir(home, { recursive: true });
  const partial = join(home, "cluster.partial");
  const passwordFile = join(home, "password");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (account) await chown(partial, account.uid, account.gid);

  // As root the password goes in by stdin, a file that the server's user must own while it opens it.
  if (account) await chown(passwordFile, account.uid, account.gid);
  const passwordHandle = await open(passwordFile);
  const options = [
    `--pgdata=${dataDirArgument(partial, account)}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${account ? "/dev/stdin" : passwordFile}`,
    // Clear-text, over the loopback only: SCRAM costs some 180 ms for each connection of Neon's driver.
    "--auth=password",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(fsync ? [] : ["--no-sync"]),
  ];
  try {
    const child = spawn(binaries.initdb, options, {
      ...account,
      cwd: partial,
      env: withoutLibpq(process.env),
      stdio: [passwordHandle.fd, "ignore", "pipe"],
    });
    const [stderr, [code]] = await Promise.all([
      child.stderr ? text(child.stderr) : "",
      once(child, "close"),
    ]);
    if (code !== 0) throw new Error(stderr.trim());
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new StackError(
      `Postgres could not create its data directory ${partial}: ${message}`,
      message.includes("could not look up effective user ID")
        ? `Give this user a name in /etc/passwd, or start as another user. ${USE_OTHER_SERVICES}`
        : "Check that there is space on the disk, or choose another --data-dir.",
      { cause },
    );
  } finally {
    await passwordHandle.close();
    if (account) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  }
  // Only a finished cluster gets the name: a start that was cut short begins again.
  await rename(partial, join(home, "cluster"));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return;
    throw error;
  }
}
