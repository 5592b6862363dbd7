import { dirname, join } from "node:path/posix";
import { filesIn, foldersIn, textOf } from "./source-trees.ts";

/** The nodes from which each node imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`, of types and of values alike. */
const importForms = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g;
const sourceFile = /\.tsx?$/;
const testFile = /\.(?:test|spec)\.tsx?$/;

/** The specifiers of all modules that a source text imports. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(importForms)].flatMap(([, specifier]) => specifier ?? []);
}

/**
 * The file that an import of `from` leads to. All paths begin at the top of the source tree.
 *
 * @param files all files of the tree
 * @returns undefined for packages, and for files outside the tree
 */
export function importedFile(
  from: string,
  specifier: string,
  files: ReadonlySet<string>,
): string | undefined {
  const plain = specifier.replace(/\?.*$/, "");
  if (!/^(?:~|\.\.?)\//.test(plain)) return undefined;
  const path = plain.startsWith("~/") ? plain.slice(2) : join(dirname(from), plain);
  return [path, `${path}.ts`, `${path}.tsx`].find((candidate) => files.has(candidate));
}

/**
 * The node of a file: its folder, or the file alone when the folder has subfolders. A file beside folders is either an
 * entry to them or something they build on, so that its neighbours say nothing about it.
 *
 * @param parents the folders that have subfolders
 */
export function nodeOf(file: string, parents: ReadonlySet<string>): string {
  const folder = dirname(file);
  return parents.has(folder) ? file : `${folder}/`;
}

/** The imports between the folders of a source tree. Tests are left out: a test may import from anywhere. */
export function graphOf(tree: string): Graph {
  const sources = filesIn(tree).filter((file) => sourceFile.test(file));
  const known = new Set(sources);
  const parents = new Set([".", ...foldersIn(tree).map((folder) => dirname(folder))]);
  const graph = new Map<string, Set<string>>();
  for (const file of sources) {
    if (testFile.test(file)) continue;
    const node = nodeOf(file, parents);
    const targets = graph.get(node) ?? new Set();
    graph.set(node, targets);
    for (const specifier of importsOf(textOf(`${tree}/${file}`))) {
      const imported = importedFile(file, specifier, known);
      const target = imported && nodeOf(imported, parents);
      if (target && target !== node) targets.add(target);
    }
  }
  return graph;
}

/**
 * The circles of a graph: each is a sorted group of nodes in which every node reaches every other one. A group of files
 * that stand side by side in one folder is left out: the rule is about folders.
 */
export function circlesIn(graph: Graph): string[][] {
  const reachable = new Map([...graph.keys()].map((node) => [node, reachableFrom(node, graph)]));
  const circles = new Map<string, string[]>();
  for (const [node, reached] of reachable) {
    const circle = [...reached].filter((other) => reachable.get(other)?.has(node)).sort();
    if (new Set(circle.map(folderOf)).size > 1) circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

/**
 * The imports that lead from one line of a bottom-up map to a later line. A node counts for the line of the outermost
 * folder that the other node is not in; nodes without a line are left out.
 */
export function importsOfLaterLines(graph: Graph, lines: readonly string[]): [from: string, to: string][] {
  const lineOf = (node: string, other: string) => lines.indexOf(outermost(node, other));
  return [...graph]
    .flatMap(([from, targets]) => [...targets].map((to): [string, string] => [from, to]))
    .filter(([from, to]) => lineOf(from, to) >= 0 && lineOf(to, from) > lineOf(from, to));
}

/** The outermost folder of `node` that `other` is not in; `node` itself when it is a file there. */
function outermost(node: string, other: string): string {
  const parts = node.split("/");
  const others = other.split("/");
  const depth = parts.findIndex((part, i) => part !== others[i]);
  const path = parts.slice(0, depth + 1).join("/");
  return path === node ? path : `${path}/`;
}

function reachableFrom(start: string, graph: Graph): Set<string> {
  const reached = new Set<string>();
  const left = [...(graph.get(start) ?? [])];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    left.push(...(graph.get(node) ?? []));
  }
  return reached;
}

function folderOf(node: string): string {
  return node.endsWith("/") ? node : `${dirname(node)}/`;
}
