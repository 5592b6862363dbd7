import { glob, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Node, Project, type ResolutionHostFactory, type SourceFile, SyntaxKind, ts } from "ts-morph";
import { derivedPaths } from "./derived-files.ts";
import type { Names } from "./names.ts";
import { registries } from "./registries.ts";
import { pathsOf } from "./table-paths.ts";

/** A place that would break without the table. */
export interface Use {
  /** From the project's root, with slashes. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** The whole line, without the spaces around it. */
  readonly text: string;
}

/** All code that can know a table. The generator's template stands for no table of the project. */
const sources = ["packages/{core,web,local,e2e}/{src,test,tests}/**/*.{ts,tsx}"];

/**
 * Finds every place outside of a table's own files that uses the table: imports of its files, its collection and its
 * router however a page reaches them, and its address.
 *
 * The compiler's own search for references finds the collection, so that `collectionsFor(userId).projects` is a use and
 * another `projects` is none.
 *
 * @param root the project's folder
 * @returns the uses, in the order of their files and lines
 */
export async function usesOf(root: string, names: Names): Promise<Use[]> {
  const known = [...Object.values(pathsOf(names)), ...registries.map(({ path }) => path), ...derivedPaths];
  const isOwn = (path: string) => known.includes(path) || path.endsWith("routeTree.gen.ts");
  // The compiler takes seconds. Most tables that are removed are mentioned nowhere.
  if (!(await isMentioned(root, names, isOwn))) return [];

  const project = new Project({
    tsConfigFilePath: join(root, "packages/web/tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
    resolutionHost: ownModules,
  });
  project.addSourceFilesAtPaths(sources.map((glob) => join(root, glob)));
  const pathOf = (file: SourceFile) => relative(root, file.getFilePath()).replaceAll("\\", "/");

  const nodes = [
    ...importsOf(project, root, names),
    ...referencesToEntries(project, root, names),
    ...clientCallsOf(project, root, names),
    ...addressesOf(project, root, names),
  ];
  const uses = nodes
    .map((node) => ({ path: pathOf(node.getSourceFile()), line: node.getStartLineNumber(), node }))
    .filter(({ path }) => !isOwn(path) && !path.startsWith("..") && !path.includes("node_modules/"))
    .map(({ path, line, node }) => ({ path, line, text: lineOf(node) }));
  const byPlace = new Map(uses.map((use) => [`${use.path}:${use.line}`, use]));
  return [...byPlace.values()].sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

/**
 * Finds the project's own modules and no library. The types of libraries would take the compiler ten times as long, and
 * say nothing about which collection is meant.
 */
const ownModules: ResolutionHostFactory = (host, options) => ({
  resolveModuleNames: (modules, importer) =>
    modules.map((name) => {
      if (!/^(\.|~\/|@tracer\/)/.test(name)) return undefined;
      return ts.resolveModuleName(name, importer, options(), host).resolvedModule;
    }),
});

/** Whether another file holds the name of the table's entry, file or address, which every use holds. */
async function isMentioned(
  root: string,
  { plural, slug, file }: Names,
  isOwn: (path: string) => boolean,
): Promise<boolean> {
  const mention = new RegExp(`\\b${plural}\\b|/${slug}\\b|/${file}\\.sql\\b`);
  for await (const found of glob(sources, { cwd: root })) {
    const path = found.replaceAll("\\", "/");
    if (!isOwn(path) && mention.test(await readFile(join(root, path), "utf8"))) return true;
  }
  return false;
}

/** The imports of the table's files. */
function importsOf(project: Project, root: string, names: Names): Node[] {
  return Object.values(pathsOf(names)).flatMap(
    (path) => project.getSourceFile(join(root, path))?.getReferencingNodesInOtherSourceFiles() ?? [],
  );
}

/** The references to the table's entries in the lists of all tables. */
function referencesToEntries(project: Project, root: string, names: Names): Node[] {
  return registries.flatMap((registry) => {
    const source = project.getSourceFile(join(root, registry.path));
    const entry = source && registry.entries(source)?.getProperty(names.plural);
    return entry?.asKind(SyntaxKind.PropertyAssignment)?.findReferencesAsNodes() ?? [];
  });
}

/** The uses of the table's router through the browser's client, whose type comes from a library. */
function clientCallsOf(project: Project, root: string, { plural }: Names): Node[] {
  const client = project.getSourceFile(join(root, "packages/web/src/lib/trpc-client.ts"));
  const references = client?.getVariableDeclaration("trpc")?.findReferencesAsNodes() ?? [];
  return references.filter((node) => {
    const access = node.getParentIfKind(SyntaxKind.PropertyAccessExpression);
    const taken = node.getParentIfKind(SyntaxKind.VariableDeclaration)?.getNameNode();
    const names = taken?.asKind(SyntaxKind.ObjectBindingPattern)?.getElements() ?? [];
    return (
      access?.getName() === plural ||
      names.some((one) => (one.getPropertyNameNode() ?? one.getNameNode()).getText() === plural)
    );
  });
}

/** The strings of the app that hold the address of the table's shape. Tests may have an app of their own. */
function addressesOf(project: Project, root: string, { slug }: Names): Node[] {
  // The compiler writes paths with slashes.
  const app = join(root, "packages/web/src/").replaceAll("\\", "/");
  const address = new RegExp(`/api/${slug}(?![\\w/-])`);
  return project.getSourceFiles().flatMap((file) => {
    if (!file.getFilePath().startsWith(app) || !address.test(file.getFullText())) return [];
    return [
      ...file.getDescendantsOfKind(SyntaxKind.StringLiteral),
      ...file.getDescendantsOfKind(SyntaxKind.NoSubstitutionTemplateLiteral),
      ...file.getDescendantsOfKind(SyntaxKind.TemplateHead),
    ].filter((literal) => address.test(literal.getText()));
  });
}

function lineOf(node: Node): string {
  return node.getSourceFile().getFullText().split("\n")[node.getStartLineNumber() - 1]?.trim() ?? "";
}
