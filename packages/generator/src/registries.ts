import { type ObjectLiteralExpression, Project, type SourceFile, SyntaxKind } from "ts-morph";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { schemaModule } from "./table-paths.ts";

/** A file that lists every table: it has one entry and one import for each. */
export interface Registry {
  readonly path: string;
  /** Finds the object whose entries are the tables. */
  readonly entries: (source: SourceFile) => ObjectLiteralExpression | undefined;
  /** Names that no entry may have. */
  readonly reserved: readonly string[];
  /** The value of a table's entry. */
  readonly value: (names: Names) => string;
  readonly imports: (names: Names) => {
    moduleSpecifier: string;
    namedImports: string[];
    isTypeOnly?: boolean;
  };
}

const appRouter: Registry = {
  path: "packages/web/src/lib/trpc/router.ts",
  entries: (source) =>
    source.getVariableDeclaration("appRouter")?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression),
  // A router's callers have the first three themselves: https://trpc.io/docs/server/routers. "app" would import a second
  // `appRouter`, and `push` stands beside the tables' routers.
  reserved: ["then", "call", "apply", "app", "push"],
  value: ({ plural }) => `${plural}Router`,
  imports: ({ slug, plural }) => ({
    moduleSpecifier: `~/lib/trpc/${slug}`,
    namedImports: [`${plural}Router`],
  }),
};

const collections: Registry = {
  path: "packages/web/src/lib/collections.ts",
  entries: (source) =>
    source
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === "perUser")
      ?.getArguments()[0]
      ?.getFirstDescendantByKind(SyntaxKind.ParenthesizedExpression)
      ?.getFirstChildByKind(SyntaxKind.ObjectLiteralExpression),
  // `collectionsFor` returns the sync monitor and the outbox next to the collections.
  reserved: ["monitor", "outbox"],
  value: ({ type, slug, plural }) => `synced<${type}>("${slug}", trpc.${plural})`,
  imports: (names) => ({
    moduleSpecifier: schemaModule(names),
    namedImports: [names.type],
    isTypeOnly: true,
  }),
};

/** The files that list every table. */
export const registries = [appRouter, collections] as const;

/**
 * Adds a table's entry and its import.
 *
 * @returns the file's new text; Biome has not sorted and formatted it yet
 * @throws Refusal when the name is taken, or when the file does not have the form that the generator expects
 */
export function withTable(registry: Registry, text: string, names: Names): string {
  const { source, entries } = open(registry, text);
  const { plural } = names;
  if (entries.getProperty(plural) || registry.reserved.includes(plural)) {
    throw new Refusal(`"${plural}" is taken in ${registry.path}.`);
  }
  const imports = registry.imports(names);
  const imported = source
    .getImportDeclarations()
    .flatMap((one) => one.getNamedImports().map((named) => named.getName()));
  const duplicate = imports.namedImports.find((name) => imported.includes(name));
  if (duplicate) {
    throw new Refusal(`${registry.path} has another "${duplicate}" already. Choose another name.`);
  }
  entries.addPropertyAssignment({ name: plural, initializer: registry.value(names) });
  source.addImportDeclaration(imports);
  return source.getFullText();
}

/**
 * Removes a table's entry and its import.
 *
 * @returns the file's new text
 * @throws Refusal when the file has no such entry, or does not have the form that the generator expects
 */
export function withoutTable(registry: Registry, text: string, names: Names): string {
  const { source, entries } = open(registry, text);
  const entry = entries.getProperty(names.plural);
  if (!entry) throw new Refusal(`${registry.path} has no entry for "${names.plural}".`);
  // The entry is removed as text. The syntax tree's own removal also removes empty lines that belong to the neighbours,
  // and a node's full text begins with the comment at the end of the line above.
  const comma = entry.getNextSiblingIfKind(SyntaxKind.CommaToken);
  removeWithLine(source, entry.getStart(), (comma ?? entry).getEnd());
  const declaration = source.getImportDeclaration(registry.imports(names).moduleSpecifier);
  if (declaration) removeWithLine(source, declaration.getStart(), declaration.getEnd());
  return source.getFullText();
}

/** Removes a part of a file, together with its line when nothing else is on that line. */
function removeWithLine(source: SourceFile, start: number, end: number): void {
  const text = source.getFullText();
  const before = /\n[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const alone = /^[ \t]*(\n|$)/.test(text.slice(end));
  source.removeText(alone ? start - before : start, end);
}

function open(registry: Registry, text: string) {
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile("registry.ts", text);
  const entries = registry.entries(source);
  if (!entries) {
    throw new Refusal(
      `${registry.path} does not have the form that this command expects. Restore the file, or change it by hand.`,
    );
  }
  return { source, entries };
}
