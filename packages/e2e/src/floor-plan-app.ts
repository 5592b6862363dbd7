import { readFileSync } from "node:fs";
import { applyRecipe } from "../../generator/test/patterns/apply.ts";
import { groupsIn } from "../../generator/test/patterns/page.ts";
import { openProjectCopy } from "../../generator/test/project-copy.ts";

const page = readFileSync(new URL("floor-plans.md", import.meta.url), "utf8");

/** The commands, then what is written by hand for each table, then the page. */
const sections = groupsIn(page).flatMap(({ recipes }) => recipes);

/** The tables in the order in which the commands made them. */
export const tables = [...page.matchAll(/^npm run new:table -- (\w+)/gm)].map(([, table = ""]) => table);

/** Makes a copy of the project with the floor-plan app of `floor-plans.md`, in which nothing is committed. */
export async function openFloorPlanApp() {
  const copy = await openProjectCopy();
  /** The tree of the files as they are now, without a commit. */
  const tree = async () => (await copy.sh("git add -A && git write-tree && git reset -q")).trim();
  const trees: string[] = [];
  const added: Record<string, number> = {};
  for (const section of sections) {
    await applyRecipe(copy, section);
    trees.push(await tree());
    const [before, after] = trees.slice(-2);
    if (before && after) added[section.title] = await linesAdded(copy.sh, before, after);
  }
  const [asGenerated = ""] = trees;

  return {
    ...copy,
    /** How many lines were written by hand, by the title of the section. A table without a section needs none. */
    linesByHand: { ...Object.fromEntries(tables.map((table) => [table, 0])), ...added },
    build: () => copy.sh("npm run build"),
    /** Holds the app against the type check, the linter, the migrations and the contract. */
    async check() {
      // The build writes the tree of the routes.
      await copy.sh("npm run build");
      await copy.sh("npx tsc --build packages/core packages/web");
      await copy.sh("npx biome check packages/core packages/web");
      await copy.sh("npm run db:generate -- --check");
      await copy.sh("npm run test:unit -- --project web contract/contract");
    },
    /** Takes back what was written by hand, and removes all tables by the command. Returns what differs then. */
    async removeAll() {
      await copy.sh(
        `git read-tree ${asGenerated} && git checkout-index -af && git clean -fdq packages && git reset -q`,
      );
      for (const table of tables.toReversed()) await copy.sh(`npm run remove:table -- ${table}`);
      return copy.status();
    },
  };
}

export type FloorPlanApp = Awaited<ReturnType<typeof openFloorPlanApp>>;

async function linesAdded(sh: FloorPlanApp["sh"], before: string, after: string): Promise<number> {
  const changed = (await sh(`git diff --numstat ${before} ${after}`)).trim().split("\n").filter(Boolean);
  return changed.reduce((sum, line) => sum + Number(line.split("\t", 1)[0]), 0);
}
