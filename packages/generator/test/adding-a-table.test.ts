import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openProjectCopy } from "./project-copy.ts";
import { newProjects, page, steps } from "./walk-through.ts";

const copy = await openProjectCopy();

afterAll(() => copy[Symbol.asyncDispose]());

const minutes = 60_000;

test(
  "the walk-through's difference is what the generator would write, and a dry run writes nothing",
  async () => {
    const shown = steps.find(({ language }) => language === "diff")?.text ?? "";
    const output = await copy.sh(`${newProjects.trim()} --dry-run`);
    const diff = output.slice(output.indexOf("--- "));
    expect(withoutTrailingSpaces(diff)).toBe(withoutTrailingSpaces(shown));
    expect(await copy.status()).toBe("");
  },
  3 * minutes,
);

test(
  "a table takes at most 60 lines in three files, and one line each in the router and the collections",
  async () => {
    await copy.sh(newProjects);
    await copy.sh("git add --intent-to-add .");
    const added = (await copy.sh("git diff --numstat")).trim().split("\n");
    const lines = new Map(
      added.map((line) => {
        const [plus, minus, path] = line.split("\t");
        return [path, [Number(plus), Number(minus)]] as const;
      }),
    );
    const own = [
      "packages/core/src/project/project.sql.ts",
      "packages/web/src/routes/api/projects.ts",
      "packages/web/src/lib/trpc/projects.ts",
    ].map((path) => lines.get(path)?.[0] ?? Number.NaN);
    expect(own.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(60);
    // The line, and its import.
    expect(lines.get("packages/web/src/lib/trpc/router.ts")).toEqual([2, 0]);
    expect(lines.get("packages/web/src/lib/collections.ts")).toEqual([2, 0]);
  },
  3 * minutes,
);

test(
  "a second run is refused, and one without a name where nobody can be asked; neither changes anything",
  async () => {
    const before = await copy.sh("git diff");
    await expect(copy.sh(newProjects)).rejects.toThrow(
      /Refused: There is a table or type "projects" already/,
    );
    await expect(copy.sh("npm run new:table")).rejects.toThrow(/Refused: Say which table/);
    expect(await copy.sh("git diff")).toBe(before);
  },
  3 * minutes,
);

test(
  "after the removal the project is as it was",
  async () => {
    await writeFile(join(copy.folder, page.path), page.text);
    const removal = steps.at(-1);
    expect(removal?.text).toContain("npm run remove:table -- projects");
    await copy.sh("git reset -q");
    for (const command of removal?.text.trim().split("\n") ?? []) await copy.sh(command);
    expect(await copy.status()).toBe("");
  },
  3 * minutes,
);

function withoutTrailingSpaces(text: string): string {
  return text.replace(/[ \t]+$/gm, "").trim();
}
