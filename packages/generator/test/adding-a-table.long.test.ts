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
  "the table satisfies types, lint and contract without a hand edit",
  async () => {
    await copy.sh(newProjects);
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

/** A committed migration may have run anywhere: it stays, and another one undoes it. */
test(
  "a table with every type of column is type-checked, and its removal after a commit is a migration that drops it",
  async () => {
    await copy.sh("git checkout -q . && git clean -fdq");
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
