import { readFileSync } from "node:fs";
import { blocksOf } from "./markdown.ts";

const text = readFileSync(new URL("../../../docs/adding-a-table.md", import.meta.url), "utf8");

/** The walk-through of `docs/adding-a-table.md`, block by block. */
export const steps = blocksOf(text);

/** The command that writes the table. */
export const newProjects = steps.find(({ language }) => language === "sh")?.text ?? "";

/** The page that shows the table, and the path of its file. */
export const page = {
  path: "packages/web/src/routes/_authed/projects.tsx",
  text: steps.find(({ language }) => language === "tsx")?.text ?? "",
};
