import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal.ts";
import type { Change } from "./stage.ts";

/** A failure after which some files are not as they were. The message names them. */
export class HalfDone extends Error {}

/**
 * Writes changes into a project: all of them, or none when one fails.
 *
 * @param write how a file is written; a test may say otherwise
 * @throws Refusal when a file is no longer what the change was made from; the file system's error when it cannot write;
 *   HalfDone when it cannot undo what it wrote either
 */
export async function apply(root: string, changes: Change[], write = toFile): Promise<void> {
  for (const { path, before } of changes) {
    if ((await textOf(join(root, path))) !== before) {
      throw new Refusal(`${path} was changed by somebody else in the meantime. Run it again.`);
    }
  }
  const begun: Change[] = [];
  try {
    for (const change of changes) {
      begun.push(change);
      await put(root, change.path, change.after, write);
    }
  } catch (error) {
    const left: string[] = [];
    for (const { path, before } of begun.reverse()) {
      // One that nobody may write is mostly the one that failed, and is still as it was.
      await put(root, path, before, write).catch(() => {});
      if ((await textOf(join(root, path)).catch(() => undefined)) !== before) left.push(path);
    }
    if (left.length === 0) throw error;
    throw new HalfDone(`${error}\nWhat was written could not be undone: ${left.join(", ")}`, {
      cause: error,
    });
  }
}

async function put(root: string, path: string, text: string | undefined, write: typeof toFile) {
  const file = join(root, path);
  if (text === undefined) {
    await rm(file, { force: true });
    await removeEmpty(dirname(file));
  } else {
    await mkdir(dirname(file), { recursive: true });
    await write(file, text);
  }
}

function toFile(file: string, text: string): Promise<void> {
  return writeFile(file, text);
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
