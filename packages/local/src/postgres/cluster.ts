import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, open, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { withoutLibpq } from "../shell-environment.ts";
import { StackError, useOtherServices } from "../stack-error.ts";
import { type Account, dataDirArgument } from "./account.ts";
import type { Binaries } from "./binaries.ts";

/** The data directory of a server, and its superuser's password. */
export interface Cluster {
  dataDir: string;
  password: string;
}

/** A disk with less room than this counts as full, in bytes. */
const leastRoom = 64 * 1024;

/** The role that owns the cluster. The local stack connects as this role. */
export const superuser = "postgres";

/**
 * Opens the cluster below `home`, and creates one when there is none. Postgres owns `home/cluster`. Only the user of
 * this process may read `home/password`.
 *
 * @throws StackError when the cluster is damaged or of another major version
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
      `The data in ${home} was written by Postgres ${version.trim() || "(unknown)"}, but this is Postgres ${binaries.major}.`,
      "Start once with --reset to begin with an empty database, or choose another --data-dir.",
    );
  }
  const password = await readIfThere(passwordFile);
  if (!password) throw damaged(home);
  return { dataDir, password };
}

/** The error for data on which no server starts. `detail` is what Postgres wrote. */
export function damaged(home: string, detail = ""): StackError {
  return new StackError(
    `The database in ${home} is damaged.${detail && `\n${detail}`}`,
    "Start once with --reset to begin with an empty database.",
  );
}

/** The error for data on a disk on which Postgres finds no room. `detail` is what Postgres wrote. */
export function noRoom(home: string, detail: string): StackError {
  return new StackError(
    `There is no room on the disk for the database in ${home}.${detail && `\n${detail}`}`,
    "Make room on the disk, and start again. The data is still there.",
  );
}

/** Whether the disk of a folder is so full that Postgres cannot even write why it does not start. */
export async function isDiskFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < leastRoom;
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

  // Under root, initdb reads the password from stdin. Its user must own the file, or could not open `/dev/stdin`.
  if (account) await chown(passwordFile, account.uid, account.gid);
  const passwordHandle = await open(passwordFile);
  const options = [
    `--pgdata=${dataDirArgument(partial, account)}`,
    `--username=${superuser}`,
    `--pwfile=${account ? "/dev/stdin" : passwordFile}`,
    // Clear-text passwords, which never leave the loopback. SCRAM costs Neon's driver 180 ms for each connection.
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
        ? `Give this user a name in /etc/passwd, or start as another user. ${useOtherServices}`
        : "Check that there is space on the disk, or choose another --data-dir.",
      { cause },
    );
  } finally {
    await passwordHandle.close();
    if (account) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  }
  // The cluster gets its final name when it is complete, so an interrupted start begins anew.
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
