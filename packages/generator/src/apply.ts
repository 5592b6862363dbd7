import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal.ts";
import type { Change } from "./stage.ts";

/**
 * Writes changes into a project: all of them, or none when one fails.
 *
 * @throws Refusal when a file is no longer what the change was made from; the file system's error when it cannot write
 */
export async function apply(root: string, changes: Change[]): Promise<void> {
  for (const { path, before } of changes) {
    if ((await textOf(join(root, path))) !== before) {
      throw new Refusal(`${path} was changed by somebody else in the meantime. Run it again.`);
    }
  }
  const done: Change[] = [];
  try {
    for (const change of changes) {
      done.push(change);
      await put(root, change.path, change.after);
    }
  } catch (error) {
    for (const { path, before } of done.reverse()) await put(root, path, before);
    throw error;
  }
}

async function put(root: string, path: string, text: string | undefined): Promise<void> {
  const file = join(root, path);
  if (text === undefined) {
    await rm(file, { force: true });
    await removeEmpty(dirname(file));
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

async function removeEmpty(folder: string): Promise<void> {
  const left = await readdir(folder).catch(() => ["gone"]);
  if (left.length === 0) await rmdir(folder);
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
