import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isPictureName } from "~/lib/server/pictures/picture-name";
import type { PictureStore } from "~/lib/server/pictures/picture-store";

/** Keeps pictures in a folder of this machine, with a folder for each owner. Nobody but the app's own user reads them. */
export function fileStore(folder: string): PictureStore {
  const folderOf = (owner: string) => join(folder, owner);
  return {
    async put(owner, name, bytes) {
      await mkdir(folderOf(owner), { recursive: true, mode: 0o700 });
      const path = join(folderOf(owner), name);
      // A write that fails in the middle, as on a full disk, leaves no half picture under the name.
      try {
        await writeFile(`${path}.part`, bytes, { mode: 0o600 });
        await rename(`${path}.part`, path);
      } catch (error) {
        await rm(`${path}.part`, { force: true });
        throw error;
      }
    },
    async get(owner, name) {
      const file = await unlessMissing(readFile(join(folderOf(owner), name)), undefined);
      return file && new Uint8Array(file);
    },
    async list(owner) {
      const files = await unlessMissing(readdir(folderOf(owner)), []);
      return files.filter(isPictureName).sort();
    },
    async remove(owner, names) {
      for (const name of names) await rm(join(folderOf(owner), name), { force: true });
      // A folder that still holds pictures stays. Nothing stays of a person who is gone.
      await rmdir(folderOf(owner)).catch(() => {});
    },
  };
}

/** Takes another value where a file or a folder is missing. */
async function unlessMissing<Found, Otherwise>(
  found: Promise<Found>,
  otherwise: Otherwise,
): Promise<Found | Otherwise> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return otherwise;
    throw error;
  }
}
