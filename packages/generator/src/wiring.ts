import { type ObjectLiteralExpression, Project, type SourceFile, SyntaxKind } from "ts-morph";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { schemaModule } from "./template.ts";

/** A file that has one line, and one import, for each table. */
interface Room {
  path: string;
  /** The object whose entries are the tables'. */
  entries: (source: SourceFile) => ObjectLiteralExpression | undefined;
  /** Names that no entry may have. */
  taken: string[];
  line: (names: Names) => string;
  imports: (names: Names) => { moduleSpecifier: string; namedImports: string[]; isTypeOnly?: boolean };
}

const appRouter: Room = {
  path: "packages/web/src/routes/api/trpc/$.ts",
  entries: (source) =>
    source.getVariableDeclaration("appRouter")?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression),
  // https://trpc.io/docs/server/routers: names that its callers have. `push` stands beside the tables' routers.
  taken: ["then", "call", "apply", "push"],
  line: ({ plural }) => `${plural}Router`,
  imports: ({ slug, plural }) => ({
    moduleSpecifier: `~/lib/trpc/${slug}`,
    namedImports: [`${plural}Router`],
  }),
};

const collections: Room = {
  path: "packages/web/src/lib/collections.ts",
  entries: (source) =>
    source
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === "perUser")
      ?.getArguments()[1]
      ?.getFirstDescendantByKind(SyntaxKind.ParenthesizedExpression)
      ?.getFirstChildByKind(SyntaxKind.ObjectLiteralExpression),
  // They stand beside the collections.
  taken: ["monitor", "outbox"],
  line: ({ type, slug, plural }) => `synced<${type}>("${slug}", trpc.${plural})`,
  imports: (names) => ({
    moduleSpecifier: schemaModule(names),
    namedImports: [names.type],
    isTypeOnly: true,
  }),
};

/** The files that know of every table: one line each. */
export const rooms = [appRouter, collections];

/**
 * Adds a table's line and its import.
 *
 * @returns the file's new text; Biome is still to sort and format it
 * @throws Refusal when the name is taken, or the file no longer has the form that the pattern gave it
 */
export function wired(room: Room, text: string, names: Names): string {
  const { source, entries } = open(room, text);
  const { plural } = names;
  if (entries.getProperty(plural) || room.taken.includes(plural)) {
    throw new Refusal(`"${plural}" is taken in ${room.path}.`);
  }
  const imports = room.imports(names);
  const declared = source
    .getImportDeclarations()
    .flatMap((one) => one.getNamedImports().map((named) => named.getName()));
  const twin = imports.namedImports.find((name) => declared.includes(name));
  if (twin) throw new Refusal(`"${twin}" is already something else in ${room.path}. Choose another name.`);
  entries.addPropertyAssignment({ name: plural, initializer: room.line(names) });
  source.addImportDeclaration(imports);
  return source.getFullText();
}

/**
 * Takes a table's line and its import out again.
 *
 * @throws Refusal when the file has no such line
 */
export function unwired(room: Room, text: string, names: Names): string {
  const { source, entries } = open(room, text);
  const entry = entries.getProperty(names.plural);
  if (!entry) throw new Refusal(`${room.path} has no line for "${names.plural}".`);
  // As text: the syntax tree's own removal takes empty lines with it that belong to the neighbours, and a node's
  // position begins with the comment behind the line above.
  const comma = entry.getNextSiblingIfKind(SyntaxKind.CommaToken);
  removeWithLine(source, entry.getStart(), (comma ?? entry).getEnd());
  const imported = source.getImportDeclaration(room.imports(names).moduleSpecifier);
  if (imported) removeWithLine(source, imported.getStart(), imported.getEnd());
  return source.getFullText();
}

/** Takes out a part of a file, and the line that it stood on when nothing else does. */
function removeWithLine(source: SourceFile, start: number, end: number): void {
  const text = source.getFullText();
  const before = /\n[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const alone = /^[ \t]*(\n|$)/.test(text.slice(end));
  source.removeText(alone ? start - before : start, end);
}

function open(room: Room, text: string) {
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile("room.ts", text);
  const entries = room.entries(source);
  if (!entries) {
    throw new Refusal(
      `${room.path} has another form than the pattern's: add the table's line by hand, or restore it.`,
    );
  }
  return { source, entries };
}
