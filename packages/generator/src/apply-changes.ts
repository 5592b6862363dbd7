import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Change } from "./change.ts";
import { Refusal } from "./refusal.ts";

/** A write failed, and some files could not be restored afterwards. The message names those files. */
export class UndoError extends Error {}

/**
 * Writes changes into a project: all of them, or none when one fails.
 *
 * @param root the project's folder
 * @param write writes a file; a test passes a function that fails
 * @throws Refusal when a file differs from the text that the change was made from, before anything is written; the file
 *   system's error when a write fails and every file has been restored; UndoError when a file could not be restored
 */
export async function applyChanges(
  root: string,
  changes: readonly Change[],
  write = writeText,
): Promise<void> {
  for (const { path, before } of changes) {
    if ((await textOf(join(root, path))) !== before) {
      throw new Refusal(`${path} was changed while this command ran. Run the command again.`);
    }
  }
  const begun: Change[] = [];
  try {
    for (const change of changes) {
      begun.push(change);
      await put(root, change.path, change.after, write);
    }
  } catch (error) {
    const unrestored = await undo(root, begun, write);
    if (unrestored.length === 0) throw error;
    throw new UndoError(`${error}\nThese files could not be restored: ${unrestored.join(", ")}`, {
      cause: error,
    });
  }
}

/** Restores the files of changes, the last one first, and returns the paths of those that it could not restore. */
async function undo(root: string, changes: readonly Change[], write: typeof writeText): Promise<string[]> {
  const unrestored: string[] = [];
  for (const { path, before } of changes.toReversed()) {
    // A file that cannot be written is mostly the one whose write failed. It still has its old text.
    await put(root, path, before, write).catch(() => {});
    const text = await textOf(join(root, path)).catch(() => undefined);
    if (text !== before) unrestored.push(path);
  }
  return unrestored;
}

async function put(root: string, path: string, text: string | undefined, write: typeof writeText) {
  const file = join(root, path);
  if (text === undefined) {
    await rm(file, { force: true });
    await removeIfEmpty(dirname(file));
  } else {
    await mkdir(dirname(file), { recursive: true });
    await write(file, text);
  }
}

function writeText(file: string, text: string): Promise<void> {
  return writeFile(file, text);
}

async function removeIfEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => ["gone"]);
  if (entries.length === 0) await rmdir(folder);
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
