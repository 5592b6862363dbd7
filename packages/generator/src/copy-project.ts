import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

/** Files that tools made, and a person's own settings. */
const notCopied =
  /^(node_modules|\.git|\.output|\.nitro|\.tanstack|\.sst|\.tracer|dist|test-results|playwright-report|\.env.*|.*\.log)$/;

/**
 * Copies the project. The copy has links to the installed packages instead of their files. Its own packages import each
 * other, not the packages of the original.
 *
 * @param root the project's folder
 * @param target an empty folder
 * @param parts the paths to copy, from the root; by default all of them
 */
export async function copyProject(
  root: string,
  target: string,
  parts: readonly string[] = ["."],
): Promise<void> {
  for (const part of parts) {
    await cp(join(root, part), join(target, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => resolve(path) === resolve(root) || !notCopied.test(basename(path)),
    });
  }
  const packages = await readdir(join(target, "packages"));
  for (const folder of [".", ...packages.map((name) => `packages/${name}`)]) {
    await linkPackages(join(root, folder, "node_modules"), join(target, folder, "node_modules"));
  }
}

async function linkPackages(from: string, to: string): Promise<void> {
  const installed = await readdir(from, { withFileTypes: true }).catch(() => []);
  if (installed.length === 0) return;
  await mkdir(to);
  for (const { name } of installed) {
    // All other names with a dot in front are caches of tools.
    if (name.startsWith(".") && name !== ".bin") continue;
    if (name === "@tracer") {
      // These are relative links to the project's own packages. Copied as links, they lead to the copy's packages.
      await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    } else {
      await symlink(join(from, name), join(to, name));
    }
  }
}
