import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Another server keeps its shapes in this storage directory. */
export class StorageInUseError extends Error {}

/** The directories that servers of this process hold. */
const heldHere = new Set<string>();

/**
 * Claims a storage directory for this server. The claim of a dead process does not count.
 *
 * @returns a function that gives the directory back.
 * @throws StorageInUseError when another server has the directory.
 */
export function claimDirectory(root: string): () => void {
  const path = join(root, "owner");
  const owner = readOwner(path);
  const elsewhere = owner !== undefined && owner !== process.pid && isAlive(owner);
  if (heldHere.has(root) || elsewhere) {
    throw new StorageInUseError(
      `The storage directory ${root} is in use by process ${owner ?? process.pid}. Give every server one of its own.`,
    );
  }
  writeFileSync(path, String(process.pid));
  heldHere.add(root);
  return () => {
    heldHere.delete(root);
    rmSync(path, { force: true });
  };
}

function readOwner(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
