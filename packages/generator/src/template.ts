import { readFile } from "node:fs/promises";
import { Project, type SourceFile, SyntaxKind } from "ts-morph";
import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { shapeSchema } from "./schema-file.ts";

/** What a table is, apart from its names. */
export interface Shape {
  columns: Column[];
  /** Rows have members, who read them too. */
  shared: boolean;
}

/** Where a table's three files lie, from the repository's root. */
export function filesOf({ domain, file, slug }: Names) {
  return {
    schema: `packages/core/src/${domain}/${file}.sql.ts`,
    route: `packages/web/src/routes/api/${slug}.ts`,
    router: `packages/web/src/lib/trpc/${slug}.ts`,
  };
}

/** What the web package imports a table's schema file by. */
export function schemaModule({ domain, file }: Names): string {
  return `@tracer/core/${domain}/${file}.sql`;
}

const template = new URL("../template/", import.meta.url);

/**
 * Writes a table's three files: those of the template, which are type-checked where they lie, under the table's names
 * and with its columns.
 *
 * @returns text by path; Biome is still to format it
 * @throws Refusal when two things in a file would have one name
 */
export async function renderTable(names: Names, shape: Shape): Promise<Record<string, string>> {
  const files = filesOf(names);
  const schema = await renamed("core/gadget/gadget.sql.ts", names);
  shapeSchema(schema, names, shape);
  const rendered = {
    [files.schema]: schema,
    [files.route]: await renamed("web/routes/api/gadgets.ts", names),
    [files.router]: await renamed("web/lib/trpc/gadgets.ts", names),
  };
  for (const [path, source] of Object.entries(rendered)) refuseTwins(path, source);
  return Object.fromEntries(Object.entries(rendered).map(([path, source]) => [path, source.getFullText()]));
}

async function renamed(path: string, names: Names): Promise<SourceFile> {
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile(
    "template.ts",
    await readFile(new URL(path, template), "utf8"),
  );
  const identifiers: Record<string, string> = {
    gadgets: names.plural,
    gadget: names.singular,
    Gadget: names.type,
  };
  const strings: Record<string, string> = {
    "@tracer/core/gadget/gadget.sql": schemaModule(names),
    "/api/gadgets": `/api/${names.slug}`,
    gadgets: names.table,
  };
  // Node by node and not in the whole text: a name means one thing in code and another in a string.
  const nodes = [
    ...source.getDescendantsOfKind(SyntaxKind.Identifier).map((node) => ({ node, by: identifiers })),
    ...source.getDescendantsOfKind(SyntaxKind.StringLiteral).map((node) => ({ node, by: strings })),
  ];
  let text = source.getFullText();
  for (const { node, by } of nodes.sort((a, b) => b.node.getStart() - a.node.getStart())) {
    const anyOf = new RegExp(Object.keys(by).join("|"));
    const to = node.getText().replace(anyOf, (found) => by[found] ?? found);
    text = text.slice(0, node.getStart()) + to + text.slice(node.getEnd());
  }
  source.replaceWithText(text);
  return source;
}

/** A table may be called like something that its own files import: `texts` would make a second `text`. */
function refuseTwins(path: string, source: SourceFile): void {
  const declared = [
    ...source.getImportDeclarations().flatMap((one) => one.getNamedImports().map((named) => named.getName())),
    ...source.getVariableDeclarations().map((one) => one.getName()),
    ...source.getTypeAliases().map((one) => one.getName()),
  ];
  const twin = declared.find((name, index) => declared.indexOf(name) !== index);
  if (twin) throw new Refusal(`"${twin}" is already something else in ${path}. Choose another name.`);
}
