import { readFileSync } from "node:fs";

/** A block of code in `docs/adding-a-table.md`. */
export interface Block {
  language: string;
  text: string;
}

const text = readFileSync(new URL("../../../docs/adding-a-table.md", import.meta.url), "utf8");
const [walk = "", recipesText = ""] = text.split("\n## Recipes\n");

/** The walk-through, block by block. */
export const steps = blocksOf(walk);

/** The recipes that come after the walk-through. */
export const recipes = blocksOf(recipesText);

/** The command that writes the table. */
export const newProjects = steps.find(({ language }) => language === "sh")?.text ?? "";

/** The page that shows the table, and the path of its file. */
export const page = {
  path: "packages/web/src/routes/_authed/projects.tsx",
  text: steps.find(({ language }) => language === "tsx")?.text ?? "",
};

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}
