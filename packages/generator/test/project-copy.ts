import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { copyProject } from "../src/copy-project.ts";

/** The project's own folder. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

const run = promisify(execFile);

/** A copy of the project in a temporary folder, which is deleted when the copy is disposed of. */
export type ProjectCopy = Awaited<ReturnType<typeof openProjectCopy>>;

/**
 * Copies the project into a temporary folder, as a fresh clone would be, with everything committed.
 *
 * @param source the folder of the project, or of another copy
 */
export async function openProjectCopy(source: string = root) {
  const folder = await mkdtemp(join(tmpdir(), "tracer-copy-"));
  const sh = async (command: string): Promise<string> => {
    try {
      return (await run("sh", ["-c", command], { cwd: folder, maxBuffer: 1e8 })).stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`${command}\n${stdout}${stderr}`, { cause: error });
    }
  };
  await copyProject(source, folder);
  // The commit must not depend on the machine's own git configuration.
  const identity = "-c user.name=Test -c user.email=test@example.com -c commit.gpgsign=false";
  const commit = () => sh(`git add -A && git ${identity} commit -q --no-verify -m 'So far'`);
  await sh("git init -q -b main");
  await commit();
  return {
    folder,
    /** Runs a shell command in the copy and returns its output. @throws Error with all of the output when it fails */
    sh,
    /** Commits everything. */
    commit,
    /** Lists what differs from the last commit, one line for each file. */
    status: () => sh("git status --porcelain --untracked-files=all"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
