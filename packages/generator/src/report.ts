import { styleText } from "node:util";
import { createTwoFilesPatch } from "diff";
import type { Change } from "./change.ts";
import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";
import { pathsOf } from "./table-paths.ts";

/** Files that tools write and that nobody reads or edits. */
const generated = /\.gen\.ts$|migrations\/meta\//;

/**
 * Writes changes as a unified diff. Files that tools write for themselves appear by name only.
 *
 * @param color whether to add a terminal's colours
 */
export function diffOf(changes: readonly Change[], color = false): string {
  const lines = changes.filter(({ path }) => !generated.test(path)).flatMap(patchOf);
  const named = changes
    .filter(({ path }) => generated.test(path))
    .map((one) => `${verb(one)} ${one.path} (by tools)`);
  return [...lines, ...named].map((line) => (color ? coloured(line) : line)).join("\n");
}

/** Writes changes as one line each. */
export function summaryOf(changes: readonly Change[]): string {
  return changes.map((change) => `  ${verb(change).padEnd(8)} ${change.path}`).join("\n");
}

/** Says what to edit once the table has been written. */
export function nextSteps(names: Names, columns: readonly Column[], shared: boolean): string {
  const paths = pathsOf(names);
  const fields = columns.map(({ key }) => key).join(", ") || "what a person writes";
  return [
    "Edit next:",
    `  ${paths.schema}`,
    `      limits for ${fields}; who may read and change a row${shared ? "; who may be a member" : ""}`,
    `  a page: collectionsFor(userId).${names.plural} is live and takes insert, update and delete`,
    "Then:",
    "  npm run dev        applies the new migration to the local database; where it runs already, press m",
    "  npm run typecheck && npm run test:unit -- --project web contract/contract    holds the table against the contract",
    "  docs/patterns.md              recipes for what real tables need",
  ].join("\n");
}

function patchOf({ path, before, after }: Change): string[] {
  const from = before === undefined ? "/dev/null" : `a/${path}`;
  const to = after === undefined ? "/dev/null" : `b/${path}`;
  const patch = createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, {
    context: 2,
  });
  // The first line is a row of equals signs.
  return patch
    .replace(/\n$/, "")
    .split("\n")
    .slice(1)
    .map((line) => line.replace(/\t$/, ""));
}

function verb({ before, after }: Change): string {
  if (before === undefined) return "create";
  return after === undefined ? "delete" : "change";
}

function coloured(line: string): string {
  if (line.startsWith("+++") || line.startsWith("---")) return styleText("bold", line);
  if (line.startsWith("@@")) return styleText("cyan", line);
  if (line.startsWith("+")) return styleText("green", line);
  if (line.startsWith("-")) return styleText("red", line);
  return line;
}
