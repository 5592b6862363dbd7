import type { ImportGraph } from "../../.ci/import-graph.ts";

/**
 * Finds the imports that lead from one line of a bottom-up map to a later line. A file counts for the line of the
 * outermost folder that the other file is not in. Files without a line are left out.
 *
 * @param lines the paths of the map, from the root; those of folders end with a slash
 */
export function importsOfLaterLines(
  graph: ImportGraph,
  lines: readonly string[],
): [from: string, to: string][] {
  const lineOf = (file: string, other: string) => lines.indexOf(outermost(file, other));
  return [...graph]
    .flatMap(([from, targets]) => [...targets].map((to): [string, string] => [from, to]))
    .filter(([from, to]) => lineOf(from, to) >= 0 && lineOf(to, from) > lineOf(from, to));
}

/** The outermost folder of `file` that `other` is not in; `file` itself when the two lie side by side. */
function outermost(file: string, other: string): string {
  const parts = file.split("/");
  const others = other.split("/");
  const depth = parts.findIndex((part, i) => part !== others[i]);
  const path = parts.slice(0, depth + 1).join("/");
  return path === file ? path : `${path}/`;
}
