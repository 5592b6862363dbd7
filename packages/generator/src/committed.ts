import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Whether the last commit has a file with the very text that the file has now. False without a git repository.
 *
 * @param root the project's folder
 * @param path from that folder
 */
export async function isInLastCommit(root: string, path: string): Promise<boolean> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: root });
  try {
    await git("cat-file", "-e", `HEAD:./${path}`);
    const { stdout } = await git("status", "--porcelain", "--", path);
    return stdout === "";
  } catch {
    return false;
  }
}
