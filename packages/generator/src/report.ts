import { styleText } from "node:util";
import { createTwoFilesPatch } from "diff";
import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";
import type { Change } from "./stage.ts";
import { filesOf } from "./template.ts";

/** Written by tools in full: nobody reads or edits them. */
const generated = /routeTree\.gen\.ts$|migrations\/meta\//;

/**
 * Changes as a unified diff. Files that tools write for themselves are only named.
 *
 * @param color with a terminal's colours
 */
export function diffOf(changes: Change[], color = false): string {
  const lines = changes.filter(({ path }) => !generated.test(path)).flatMap(patchOf);
  const named = changes
    .filter(({ path }) => generated.test(path))
    .map((one) => `${verb(one)} ${one.path} (by tools)`);
  return [...lines, ...named].map((line) => (color ? painted(line) : line)).join("\n");
}

/** Changes as one line each. */
export function summaryOf(changes: Change[]): string {
  return changes.map((change) => `  ${verb(change).padEnd(8)} ${change.path}`).join("\n");
}

/** What a person edits after the table was made. */
export function nextSteps(names: Names, columns: Column[], shared: boolean): string {
  const files = filesOf(names);
  const fields = columns.map(({ key }) => key).join(", ");
  return [
    "Edit next:",
    `  ${files.schema}`,
    `      limits for ${fields}; who may read and change a row${shared ? "; who may be a member" : ""}`,
    `  a page: collectionsFor(userId).${names.plural} is live, and takes insert, update and delete`,
    "Then:",
    "  npm run dev        started again, it brings the local database to the new migration",
    "  npm run typecheck && npm run test:unit -- --project web contract/contract    holds the table against the contract",
    "  docs/adding-a-table.md        what real tables need",
  ].join("\n");
}

function patchOf({ path, before, after }: Change): string[] {
  const from = before === undefined ? "/dev/null" : `a/${path}`;
  const to = after === undefined ? "/dev/null" : `b/${path}`;
  const patch = createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, {
    context: 2,
  });
  // The first line is a ruler.
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

function painted(line: string): string {
  if (line.startsWith("+++") || line.startsWith("---")) return styleText("bold", line);
  if (line.startsWith("@@")) return styleText("cyan", line);
  if (line.startsWith("+")) return styleText("green", line);
  if (line.startsWith("-")) return styleText("red", line);
  return line;
}
