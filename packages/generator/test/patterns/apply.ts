import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import type { Block } from "../markdown.ts";
import type { ProjectCopy } from "../project-copy.ts";
import type { Recipe } from "./page.ts";

/**
 * Applies the blocks of a recipe to a copy of the project.
 *
 * @returns the paths of the fragments. These files are there to be type-checked, and are no part of the recipe
 * @throws Error with the recipe's title when a command fails or a difference does not fit
 */
export async function applyRecipe(
  copy: Pick<ProjectCopy, "folder" | "sh">,
  { title, blocks }: Recipe,
): Promise<string[]> {
  const fragments: string[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      const fragment = await applyBlock(copy, block, `${slugOf(title)}-${index}`);
      if (fragment !== undefined) fragments.push(fragment);
    } catch (error) {
      throw new Error(`"${title}": ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }
  return fragments;
}

/** Makes the migration after a recipe that changes columns, as the page tells the reader to do. */
export async function migrateAfter(copy: Pick<ProjectCopy, "sh">, { title, blocks }: Recipe): Promise<void> {
  const changed = blocks.some(({ language, text }) => language === "diff" && text.includes(".sql.ts\n"));
  if (changed) await copy.sh(`npm run db:generate -- --name ${slugOf(title).replaceAll("-", "_")}`);
}

/** Applies one block. Returns the path of the file when the block is a fragment. */
async function applyBlock(
  copy: Pick<ProjectCopy, "folder" | "sh">,
  block: Block,
  name: string,
): Promise<string | undefined> {
  const { language, path, given = "", text } = block;
  if (language === "sh") await copy.sh(`set -e\n${text}`);
  if (language === "diff") for (const patch of patchesIn(text)) await applyTo(copy.folder, patch);
  if (language !== "ts" && language !== "tsx") return undefined;
  if (path !== undefined) {
    await write(join(copy.folder, path), text);
    return undefined;
  }
  const fragment = `packages/web/src/fragment-${name}.${language}`;
  await write(join(copy.folder, fragment), `${given}\n${text}\nexport {};\n`);
  return fragment;
}

async function applyTo(folder: string, patch: StructuredPatch): Promise<void> {
  const [from, to] = [patch.oldFileName, patch.newFileName].map((name) => name?.replace(/^[ab]\//, "") ?? "");
  const [source, target] = [from, to].map((path) => (path === "/dev/null" ? undefined : path));
  const before = source === undefined ? "" : await readFile(join(folder, source), "utf8");
  const after = applyPatch(before, patch);
  if (after === false) throw new Error(`the difference does not fit ${source}, which is by now:\n${before}`);
  if (target === undefined) await rm(join(folder, source ?? ""));
  else await write(join(folder, target), after);
}

function patchesIn(text: string): StructuredPatch[] {
  // In Markdown an empty line of context has lost its space.
  return parsePatch(text.replace(/\n$/, "").replace(/^$/gm, " "));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
