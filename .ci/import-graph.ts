import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { ts } from "ts-morph";

/** Which files a file imports, both as paths from the repository's root. Imports of types count like all others. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

const sources = ["packages/*/{src,test,tests,bench}/**/*.{ts,tsx}", "{infra,.ci}/**/*.ts"];
// Tools write this file, and it imports what imports it.
const generated = "packages/web/src/routeTree.gen.ts";

/**
 * Reads the imports of every source file. Imports of installed packages are left out.
 *
 * @param root the repository's folder
 */
export function readImportGraph(root: string): ImportGraph {
  const paths = new Set(globSync(sources, { cwd: root }).map((path) => path.replaceAll("\\", "/")));
  paths.delete(generated);
  const graph = new Map<string, Set<string>>();
  for (const path of paths) {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), "utf8"), true, true);
    const imported = importedFiles.flatMap(({ fileName }) => resolve(path, fileName, paths) ?? []);
    graph.set(path, new Set(imported));
  }
  return graph;
}

/**
 * Finds the circles of a graph.
 *
 * @returns each group of nodes that reach one another, sorted
 */
export function circlesIn(graph: ImportGraph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  for (const node of [...graph.keys()].sort()) {
    if (done.has(node)) continue;
    const circle = [...reachableFrom(graph, node)].filter((other) => reachableFrom(graph, other).has(node));
    if (circle.length > 1) circles.push(circle.sort());
    for (const member of circle) done.add(member);
  }
  return circles;
}

/**
 * Finds the circles between what lies side by side in a folder: its files and its subfolders, each subfolder as a
 * whole. A file alone makes no circle with a folder, because the folder's files may lie above and below the file. Tests
 * are left out, because nothing imports them.
 *
 * @param folder from the repository's root; subfolders are searched as well
 */
export function folderCirclesIn(graph: ImportGraph, folder: string): string[][] {
  const files = [...graph.keys()].filter((path) => path.startsWith(`${folder}/`) && !isTest(path));
  const folders = new Set([folder, ...files.flatMap((path) => foldersBetween(folder, path))]);
  const circles = [...folders].sort().flatMap((one) => circlesIn(graphOfChildren(graph, one)));
  return circles.filter((circle) => circle.filter((member) => member.endsWith("/")).length > 1);
}

function graphOfChildren(graph: ImportGraph, folder: string): ImportGraph {
  const childOf = (path: string) =>
    path.startsWith(`${folder}/`) && !isTest(path)
      ? `${folder}/${path.slice(folder.length + 1).replace(/\/.*$/, "/")}`
      : undefined;
  const children = new Map<string, Set<string>>();
  for (const [path, imported] of graph) {
    const child = childOf(path);
    if (child === undefined) continue;
    const others = [...imported].flatMap((other) => childOf(other) ?? []).filter((other) => other !== child);
    children.set(child, new Set([...(children.get(child) ?? []), ...others]));
  }
  return children;
}

function foldersBetween(folder: string, path: string): string[] {
  const parent = dirname(path);
  return parent === folder ? [] : [parent, ...foldersBetween(folder, parent)];
}

function reachableFrom(graph: ImportGraph, node: string): Set<string> {
  const reached = new Set([node]);
  for (const one of reached) for (const next of graph.get(one) ?? []) reached.add(next);
  return reached;
}

/** The file that a module name stands for, if the file is one of the repository's. */
function resolve(importer: string, module: string, paths: ReadonlySet<string>): string | undefined {
  const path = pathOf(importer, module);
  if (path === undefined) return undefined;
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((candidate) => paths.has(candidate));
}

function pathOf(importer: string, module: string): string | undefined {
  if (module.startsWith(".")) return join(dirname(importer), module);
  if (module.startsWith("~/")) return module.replace("~", "packages/web/src");
  return module.startsWith("@tracer/") ? module.replace(/^@tracer\/([^/]+)/, "packages/$1/src") : undefined;
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}
