import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Change } from "./change.ts";
import { copyProject } from "./copy-project.ts";
import { type ProjectNames, projectNames, withName } from "./project-names.ts";
import { Refusal } from "./refusal.ts";
import { format } from "./tools.ts";

/** The notice must stay as it is: https://opensource.org/license/mit. */
const kept = ["LICENSE"];
/** The page that shows what the generator writes, byte by byte. */
const walkThrough = "docs/adding-a-table.md";

const run = promisify(execFile);

/** The changes that give the project another name, and both names. */
export interface ProjectRename {
  readonly from: ProjectNames;
  readonly to: ProjectNames;
  readonly changes: readonly Change[];
}

/**
 * Gives the project another name, in a copy: the packages' scope, titles, the database, the environment's variables and
 * the prose. The project itself is only read.
 *
 * @param root the project's folder
 * @param name the new name, in kebab-case
 * @throws Refusal when the name cannot be used, or when the project has changes that are in no commit
 */
export async function renameProject(root: string, name: string): Promise<ProjectRename> {
  const from = projectNames(await currentName(root));
  const to = projectNames(name);
  if (from.name === to.name) throw new Refusal(`The project is called "${name}" already.`);
  await requireAllCommitted(root);
  const paths = await trackedFiles(root);

  const folder = await mkdtemp(join(tmpdir(), "tracer-rename-"));
  try {
    await copyProject(root, folder);
    for (const path of paths) await renameInFile(join(folder, path), from, to);
    await renameScope(folder, from, to);
    await sortLockFile(join(folder, "package-lock.json"));
    // Imports are sorted by their packages' names, and a line's length depends on the names in the line.
    await format(folder, ["."]);
    await refreshWalkThrough(folder);
    return { from, to, changes: await differences(root, folder, paths) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Renames the folders of the packages' scope in `node_modules`, whose links lead to the project's own packages. Without
 * installed packages there is nothing to rename.
 */
export async function renameScope(root: string, from: ProjectNames, to: ProjectNames): Promise<void> {
  const packages = await readdir(join(root, "packages"));
  for (const folder of [".", ...packages.map((name) => `packages/${name}`)]) {
    const scope = (names: ProjectNames) => join(root, folder, "node_modules", `@${names.name}`);
    await rename(scope(from), scope(to)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
}

async function currentName(root: string): Promise<string> {
  const { name }: { name: string } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return name;
}

async function requireAllCommitted(root: string): Promise<void> {
  const { stdout } = await run("git", ["status", "--porcelain"], { cwd: root }).catch(() => {
    throw new Refusal("The project is no git repository, so nobody could undo a new name.");
  });
  if (stdout === "") return;
  throw new Refusal(`Commit your changes first, so that the new name is a commit of its own:\n${stdout}`);
}

async function trackedFiles(root: string): Promise<string[]> {
  const { stdout } = await run("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 1e8 });
  return stdout.split("\0").filter((path) => path !== "" && !kept.includes(path));
}

async function renameInFile(file: string, from: ProjectNames, to: ProjectNames): Promise<void> {
  const text = await textOf(file);
  const renamed = text === undefined ? undefined : withName(text, from, to);
  if (renamed !== undefined && renamed !== text) await writeFile(file, renamed);
}

/** Sorts the entries as npm does, so that the next `npm install` changes nothing. */
async function sortLockFile(file: string): Promise<void> {
  const lock: { packages: Record<string, Record<string, unknown>> } = JSON.parse(
    await readFile(file, "utf8"),
  );
  const sorted = Object.entries(lock.packages)
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([path, { dependencies, ...entry }]) => {
      if (typeof dependencies !== "object" || dependencies === null) return [path, entry];
      const inOrder = Object.entries(dependencies).sort(([a], [b]) => a.localeCompare(b, "en"));
      // The entry keeps the order of its keys.
      return [path, { ...lock.packages[path], dependencies: Object.fromEntries(inOrder) }];
    });
  const packages = Object.fromEntries(sorted);
  await writeFile(file, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
}

/** Writes the difference that the page shows anew, because names decide the order of imports and the width of lines. */
async function refreshWalkThrough(folder: string): Promise<void> {
  const file = join(folder, walkThrough);
  const text = await readFile(file, "utf8");
  const command = /^```sh\n(.*?)\n```$/ms.exec(text)?.[1];
  if (!command) throw new Error(`${walkThrough} has no command.`);
  const { stdout } = await run("sh", ["-c", `${command} --dry-run`], { cwd: folder, maxBuffer: 1e8 });
  const diff = stdout
    .slice(stdout.indexOf("--- "))
    .replace(/[ \t]+$/gm, "")
    .trim();
  await writeFile(
    file,
    text.replace(/^```diff\n.*?\n```$/ms, () => `\`\`\`diff\n${diff}\n\`\`\``),
  );
}

async function differences(root: string, folder: string, paths: readonly string[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const path of paths) {
    const [before, after] = await Promise.all([textOf(join(root, path)), textOf(join(folder, path))]);
    if (before !== undefined && after !== undefined && before !== after)
      changes.push({ path, before, after });
  }
  return changes;
}

/** The text of a file; undefined for a picture, and for a file that a copy leaves out. */
async function textOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text?.includes("\0") ? undefined : text;
}
