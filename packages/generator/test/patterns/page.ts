import { readFileSync } from "node:fs";
import { type Block, blocksOf } from "../markdown.ts";

/** A section of `docs/patterns.md`. */
export interface Recipe {
  title: string;
  /** The name of the copy that the recipe is applied to. */
  copy: string;
  blocks: Block[];
}

/** The recipes that are applied to one copy of the project, one after another. */
export interface Group {
  copy: string;
  recipes: Recipe[];
}

/** The text of `docs/patterns.md`. */
export const page = readFileSync(new URL("../../../../docs/patterns.md", import.meta.url), "utf8");

/**
 * Reads the recipes of a page, grouped by the copy to which they are applied. The comment at the top of
 * `docs/patterns.md` describes the form.
 */
export function groupsIn(markdown: string): Group[] {
  const recipes = sectionsOf(markdown, "##").flatMap(([chapter, text]) => {
    const [intro = "", ...rest] = text.split(/^(?=### )/m);
    const copy = copyNamedIn(intro) ?? chapter;
    return sectionsOf(rest.join(""), "###").map(
      ([title, body]): Recipe => ({ title, copy: copyNamedIn(body) ?? copy, blocks: blocksOf(body) }),
    );
  });
  const groups = Map.groupBy(recipes, (recipe) => recipe.copy);
  return [...groups].map(([copy, members]) => ({ copy, recipes: members }));
}

/** Splits a text at its headings of one level. What stands before the first heading is left out. */
function sectionsOf(markdown: string, marks: string): [title: string, body: string][] {
  const [, ...sections] = markdown.split(new RegExp(`^${marks} `, "m"));
  return sections.map((section) => {
    const [title = "", ...body] = section.split("\n");
    return [title, body.join("\n")];
  });
}

function copyNamedIn(text: string): string | undefined {
  return /^<!-- copy: (.+?) -->$/m.exec(text)?.[1];
}
