import { expect, test } from "vitest";
import type { ProjectCopy } from "../project-copy.ts";
import { applyRecipe } from "./apply.ts";
import { groupsIn, page as patterns } from "./page.ts";

const page = `# Patterns

## Columns

### One

\`\`\`sh
npm run db:generate
\`\`\`

### Two

<!-- copy: apart -->

<!-- given: declare const userId: string;
declare function save(): Promise<void>; -->

\`\`\`ts
collectionsFor(userId);
\`\`\`

\`\`\`text
npm run dev
\`\`\`

## People

<!-- copy: apart -->

### Three

\`\`\`tsx packages/web/src/routes/_authed/plans.tsx
export const plans = 1;
\`\`\`
`;

test("recipes are grouped by their chapter, or by the copy that a comment names", () => {
  const groups = groupsIn(page).map(({ copy, recipes }) => [copy, recipes.map(({ title }) => title)]);
  expect(groups).toEqual([
    ["Columns", ["One"]],
    ["apart", ["Two", "Three"]],
  ]);
});

test("a block has its language, the path of its file, and what the reader has already", () => {
  const blocks = groupsIn(page).flatMap(({ recipes }) => recipes.flatMap((recipe) => recipe.blocks));
  expect(blocks).toEqual([
    { language: "sh", text: "npm run db:generate\n" },
    {
      language: "ts",
      given: "declare const userId: string;\ndeclare function save(): Promise<void>;",
      text: "collectionsFor(userId);\n",
    },
    { language: "text", text: "npm run dev\n" },
    {
      language: "tsx",
      path: "packages/web/src/routes/_authed/plans.tsx",
      text: "export const plans = 1;\n",
    },
  ]);
});

test("a difference that does not fit is refused with the title of its recipe", async () => {
  const text = "--- a/package.json\n+++ b/package.json\n@@ -1,1 +1,1 @@\n-nothing like that\n+something\n";
  const recipe = { title: "Limits", copy: "Columns", blocks: [{ language: "diff", text }] };
  const copy: Pick<ProjectCopy, "folder" | "sh"> = { folder: process.cwd(), sh: async () => "" };
  await expect(applyRecipe(copy, recipe)).rejects.toThrow(
    '"Limits": the difference does not fit package.json',
  );
});

test("every block of code in the patterns is in a recipe, and every recipe has one", () => {
  const recipes = groupsIn(patterns).flatMap((group) => group.recipes);
  expect(recipes.filter(({ blocks }) => blocks.length === 0)).toEqual([]);
  const blocks = recipes.flatMap((recipe) => recipe.blocks);
  expect(blocks).toHaveLength([...patterns.matchAll(/^```\w/gm)].length);
});
