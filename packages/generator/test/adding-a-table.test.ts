import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { columnTypes } from "../src/columns.ts";
import { refreshRouteTree } from "../src/tools.ts";
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
  "the table satisfies types, lint and contract without a hand edit",
  async () => {
    const [, , check] = steps;
    expect(check?.language).toBe("sh");
    for (const command of check?.text.trim().split("\n") ?? []) await copy.sh(command);
  },
  3 * minutes,
);

test(
  "the page is type-checked",
  async () => {
    await writeFile(join(copy.folder, page.path), page.text);
    await refreshRouteTree(copy.folder);
    await copy.sh(`npx biome check ${page.path}`);
    await copy.sh("npm run typecheck -w @tracer/core -w @tracer/web");
  },
  3 * minutes,
);

test(
  "the type check points at every place that a renamed column has",
  async () => {
    const path = join(copy.folder, "packages/core/src/project/project.sql.ts");
    const before = await readFile(path, "utf8");
    const renamed = before.replace('name: text("name")', 'title: text("title")');
    const check = "npm run typecheck -w @tracer/core; npm run typecheck -w @tracer/web";
    /** How many errors each file has. */
    const errors = async (schema: string) => {
      await writeFile(path, schema);
      const said = await copy.sh(check).catch((error: Error) => error.message);
      const files = [...said.matchAll(/^(?:src|\.\.\/core\/src)\/(\S+?)\(\d+,\d+\): error/gm)];
      return Object.groupBy(
        files.map(([, file = ""]) => file),
        (file) => file,
      );
    };
    // The three schemas, seen from both packages, and the page.
    const first = await errors(renamed);
    expect(first["project/project.sql.ts"]).toHaveLength(6);
    expect(first["routes/_authed/projects.tsx"]).toBeDefined();
    // Then the new row, what is shown, and the edit.
    const then = await errors(renamed.replace("name: true", "title: true"));
    expect(Object.keys(then)).toEqual(["routes/_authed/projects.tsx"]);
    expect(then["routes/_authed/projects.tsx"]).toHaveLength(3);
    await writeFile(path, before);
  },
  3 * minutes,
);

test(
  "after the removal the project is as it was",
  async () => {
    const removal = steps.at(-1);
    expect(removal?.text).toContain("npm run remove:table -- projects");
    await copy.sh("git reset -q");
    for (const command of removal?.text.trim().split("\n") ?? []) await copy.sh(command);
    expect(await copy.status()).toBe("");
  },
  3 * minutes,
);

/** A committed migration may have run anywhere: it stays, and another one undoes it. */
test(
  "a table with every type of column is type-checked, and its removal after a commit is a migration that drops it",
  async () => {
    const columns = columnTypes.map((type, index) => `c_${index}:${type}${index % 2 ? "?" : ""}`).join(",");
    // A word that has no plural, in a folder of another name.
    const named = "ai_canvas --singular ai_canvas --domain drawing";
    await copy.sh(`npm run new:table -- ${named} --columns "${columns}"`);
    await copy.sh("npm run typecheck -w @tracer/core -w @tracer/web");
    await copy.commit();

    const output = await copy.sh("npm run remove:table -- ai_canvas");
    expect(output).toContain("drops the table with all of its rows");
    const dropped = await copy.sh("cat packages/core/migrations/*_drop_ai_canvas.sql");
    expect(dropped.split("--> statement-breakpoint\n")).toEqual([
      'DROP TABLE "ai_canvas" CASCADE;',
      expect.stringMatching(/^DROP TYPE "public"."ai_canvas_c_\d+";$/),
    ]);
    // Nothing else is left of it.
    await copy.sh("git add -A");
    const left = (await copy.sh("git diff --cached --name-only HEAD~1")).trim().split("\n");
    expect(left.filter((path) => !path.startsWith("packages/core/migrations/"))).toEqual([]);
  },
  3 * minutes,
);

function withoutTrailingSpaces(text: string): string {
  return text.replace(/[ \t]+$/gm, "").trim();
}
