import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";

/** What is not part of the project: made by tools, or a person's own. */
const notCopied =
  /^(node_modules|\.git|\.output|\.nitro|\.tanstack|\.sst|\.tracer|dist|test-results|playwright-report|\.env.*|.*\.log)$/;

/**
 * Copies the project, with links to the installed packages in place of their files. The copy's packages see each other,
 * not those of the original.
 *
 * @param root the project's folder
 * @param target an empty folder
 * @param parts what to copy of it; by default all
 */
export async function copyProject(root: string, target: string, parts = ["."]): Promise<void> {
  for (const part of parts) {
    await cp(join(root, part), join(target, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => resolve(path) === resolve(root) || !notCopied.test(basename(path)),
    });
  }
  for (const folder of [
    ".",
    ...(await readdir(join(target, "packages"))).map((name) => `packages/${name}`),
  ]) {
    await linkPackages(join(root, folder, "node_modules"), join(target, folder, "node_modules"));
  }
}

async function linkPackages(from: string, to: string): Promise<void> {
  const installed = await readdir(from, { withFileTypes: true }).catch(() => []);
  if (installed.length === 0) return;
  await mkdir(to);
  for (const { name } of installed) {
    // What starts with a dot are caches of tools, but for the programs.
    if (name.startsWith(".") && name !== ".bin") continue;
    // The project's own packages are links to its folders, relative ones.
    if (name === "@tracer")
      await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(from, name), join(to, name));
  }
}

/** A copy of the parts that a table touches, where tools run without any effect on the project. */
export interface Stage extends AsyncDisposable {
  folder: string;
  /** What differs from the project by now, by path. */
  changes(): Promise<Change[]>;
}

/** A file's text before and after; without the one it is created, without the other deleted. */
export interface Change {
  /** From the project's root, with slashes. */
  path: string;
  before?: string;
  after?: string;
}

const watched = ["packages/core/src", "packages/core/migrations", "packages/web/src"];

/** Opens a stage for a project. */
export async function openStage(root: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "tracer-table-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    await copyProject(root, folder, [
      "package.json",
      "tsconfig.json",
      "biome.json",
      ".gitignore",
      "packages/core",
      "packages/web",
    ]);
    const before = await textsIn(folder);
    return {
      folder,
      async changes() {
        const after = await textsIn(folder);
        const paths = new Set([...before.keys(), ...after.keys()]);
        return [...paths]
          .filter((path) => before.get(path) !== after.get(path))
          .sort()
          .map((path) => ({
            path,
            ...textOf("before", before.get(path)),
            ...textOf("after", after.get(path)),
          }));
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function textOf(when: "before" | "after", text: string | undefined): { before?: string; after?: string } {
  return text === undefined ? {} : { [when]: text };
}

async function textsIn(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const part of watched) {
    for (const entry of await readdir(join(folder, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      texts.set(relative(folder, path).replaceAll("\\", "/"), await readFile(path, "utf8"));
    }
  }
  return texts;
}
