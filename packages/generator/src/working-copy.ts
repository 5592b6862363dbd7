import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Change } from "./change.ts";
import { copyProject } from "./copy-project.ts";

/** A copy of the packages that a table touches. Tools run there without any effect on the project. */
export interface WorkingCopy extends AsyncDisposable {
  readonly folder: string;
  /** Lists the files that differ from the project by now, in the order of their paths. */
  changes(): Promise<Change[]>;
}

const copied = ["package.json", "tsconfig.json", "biome.json", ".gitignore", "packages/core", "packages/web"];
const watched = ["packages/core/src", "packages/core/migrations", "packages/web/src"];

/**
 * Copies the packages that a table touches into a temporary folder, which is deleted when the copy is disposed of.
 *
 * @param root the project's folder
 */
export async function openWorkingCopy(root: string): Promise<WorkingCopy> {
  const folder = await mkdtemp(join(tmpdir(), "tracer-table-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    await copyProject(root, folder, copied);
    const before = await textsIn(folder);
    return {
      folder,
      changes: async () => differences(before, await textsIn(folder)),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .sort()
    .map((path) => ({
      path,
      ...textOf("before", before.get(path)),
      ...textOf("after", after.get(path)),
    }));
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
