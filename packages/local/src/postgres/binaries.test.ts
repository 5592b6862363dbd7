import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serverAccount } from "./account.ts";
import { installedPackage, postgresBinaries } from "./binaries.ts";

let dir = "";

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tracer-binaries-"));
  await chmod(dir, 0o755);
});
afterEach(() => rm(dir, { recursive: true }));

/** Copies the installed package into a folder that only its owner may enter. */
async function privateCopy() {
  const { name, root } = installedPackage();
  const parent = join(dir, "home");
  await mkdir(parent, { mode: 0o700 });
  await cp(root, join(parent, "package"), { recursive: true, verbatimSymlinks: true });
  return { name, root: join(parent, "package") };
}

function version(postgres: string): string {
  return spawnSync(postgres, ["--version"], { ...serverAccount(), cwd: "/", encoding: "utf8" }).stdout;
}

test("a package whose install script did not run gets its library links", async () => {
  const copy = await privateCopy();
  const lib = join(copy.root, "native", "lib");
  for (const entry of await readdir(lib, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await unlink(join(lib, entry.name));
  }
  const { postgres, major } = await postgresBinaries(serverAccount(), copy, [join(dir, "cache")]);
  expect(version(postgres)).toContain(`(PostgreSQL) ${major}.`);
});

test("a package that only its owner may read runs", async () => {
  const copy = await privateCopy();
  spawnSync("chmod", ["-R", "go-rwx", copy.root]);
  const { postgres, major } = await postgresBinaries(serverAccount(), copy, [join(dir, "cache")]);
  expect(version(postgres)).toContain(`(PostgreSQL) ${major}.`);
});

test.runIf(serverAccount())("a cache that others may write to is not used", async () => {
  const { name, root } = installedPackage();
  const copy = join(dir, "private");
  await mkdir(copy, { mode: 0o700 });
  for (const path of ["package.json", "native/bin/postgres"]) await cp(join(root, path), join(copy, path));
  const cache = join(dir, "cache");
  await mkdir(cache);
  await chmod(cache, 0o777);
  await expect(postgresBinaries(serverAccount(), { name, root: copy }, [cache])).rejects.toMatchObject({
    nextStep: expect.stringContaining("every user may enter"),
  });
  expect(await readdir(cache)).toEqual([]);
});
