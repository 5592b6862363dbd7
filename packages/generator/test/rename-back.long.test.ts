import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openProjectCopy, root } from "./project-copy.ts";

const copy = await openProjectCopy();

afterAll(() => copy[Symbol.asyncDispose]());

const minutes = 60_000;
/** The project may have another name already, under which these tests hold as well. */
const { name: old }: { name: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
// In two pieces, so that the way back does not find the name in this file.
const next = ["quill", "works"].join("-");
const treeOf = async () => (await copy.sh("git rev-parse HEAD^{tree}")).trim();
const before = await treeOf();

test(
  "a new name is refused while there are changes that are in no commit, and a dry run writes nothing",
  async () => {
    await writeFile(join(copy.folder, "notes.txt"), "to do");
    await expect(copy.sh(`npm run rename -- ${next}`)).rejects.toThrow(
      /Refused: Commit your changes first.*\n.*notes\.txt/,
    );
    await rm(join(copy.folder, "notes.txt"));
    await expect(copy.sh("npm run rename -- Quill")).rejects.toThrow(/Refused: .*kebab-case/);

    const diff = await copy.sh(`npm run rename -- ${next} --dry-run`);
    expect(diff).toContain(`+  "name": "${next}",`);
    expect(await copy.status()).toBe("");
  },
  10 * minutes,
);

test(
  "under its new name the project has no trace of the old one",
  async () => {
    await copy.sh(`npm run rename -- ${next}`);
    await copy.commit();
    // The licence keeps the names of those who wrote the code.
    const left = await copy.sh(`git grep -iI '${old}' -- ':!LICENSE' | grep -vi '${old} bullet' || true`);
    expect(left).toBe("");
  },
  15 * minutes,
);

test(
  "the old name brings the old project back, byte by byte",
  async () => {
    await copy.sh(`npm run rename -- ${old}`);
    await copy.commit();
    expect(await copy.sh("git diff HEAD~2")).toBe("");
    expect(await treeOf()).toBe(before);
  },
  10 * minutes,
);
