import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A tree of source folders, and the page that maps the tree. Both are paths from the root. */
export interface SourceTree {
  readonly path: string;
  readonly page: string;
  /** The lines of the map are in bottom-up order: code imports only from what stands above its own line. */
  readonly bottomUp?: boolean;
}

const architecture = "docs/architecture.md";

/** Every tree of source: a map names all of its folders, and their imports form no circle. */
export const sourceTrees: readonly SourceTree[] = [
  { path: "infra", page: architecture },
  { path: "packages/core/src", page: architecture },
  { path: "packages/web/src", page: architecture },
  { path: "packages/local/src", page: architecture },
  { path: "packages/generator/src", page: architecture },
  { path: "packages/e2e", page: architecture },
  { path: "packages/shape-server/src", page: "packages/shape-server/README.md", bottomUp: true },
];

/** Names of folders that tools make. */
const made = /^(?:node_modules|\..*|test-results|playwright-report)$/;

/** The text of a file, by the file's path from the root. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** All files below a folder, as sorted paths from that folder with slashes. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !made.test(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(`${folder}/${entry.name}`).map((path) => `${entry.name}/${path}`)
        : [entry.name],
    )
    .sort();
}

/** All folders below `folder` that hold a file at any depth, as sorted paths from there. */
export function foldersIn(folder: string): string[] {
  const folders = new Set<string>();
  for (const file of filesIn(folder)) {
    const parts = file.split("/");
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join("/"));
  }
  return [...folders].sort();
}
