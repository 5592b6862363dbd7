import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { refreshRouteTree } from "../../src/tools.ts";
import { openProjectCopy, type ProjectCopy } from "../project-copy.ts";
import { newProjects } from "../walk-through.ts";
import { applyRecipe, migrateAfter } from "./apply.ts";
import { type Group, groupsIn, page } from "./page.ts";

const groups = groupsIn(page);
const minutes = 60_000;
const typecheck = "npx tsc --build packages/core packages/web";
/** What the compiler keeps of a check, so that the next check skips the libraries. */
const compilerCache = "node_modules/.cache/typescript";

// The project with the table of the walk-through, from which the copies are made.
const base = await openProjectCopy();
await base.sh(newProjects);
await base.commit();
await base.sh(typecheck);

afterAll(() => base[Symbol.asyncDispose]());

for (const group of groups) {
  test(
    `applied to one copy: ${group.recipes.map(({ title }) => title).join("; ")}`,
    async () => {
      await using copy = await startingCopy(group);
      const fragments: string[] = [];
      for (const recipe of group.recipes) {
        fragments.push(...(await applyRecipe(copy, recipe)));
        await migrateAfter(copy, recipe);
      }
      await refreshRouteTree(copy.folder);
      await copy.sh(typecheck);
      for (const fragment of fragments) await rm(join(copy.folder, fragment));
      await copy.sh(`npx biome check ${await changedIn(copy)}`);
      await copy.sh("npm run test:unit -- --project web contract/contract");
    },
    10 * minutes,
  );
}

/** A copy to which nothing was applied yet: with the table of the walk-through, unless the recipes make the table. */
async function startingCopy({ recipes }: Group): Promise<ProjectCopy> {
  const first = recipes.flatMap(({ blocks }) => blocks).find(({ language }) => language === "sh");
  const isEmpty = first?.text.startsWith("npm run new:table -- projects");
  const copy = await openProjectCopy(isEmpty ? undefined : base.folder);
  await cp(join(base.folder, compilerCache), join(copy.folder, compilerCache), { recursive: true });
  return copy;
}

/** The paths of the files that the recipes changed, for a command line. */
async function changedIn(copy: ProjectCopy): Promise<string> {
  await copy.sh("git add -A");
  const paths = await copy.sh(
    "git diff --cached --name-only --diff-filter=d -- packages/core/src packages/web/src",
  );
  return paths.trim().replaceAll("\n", " ");
}
