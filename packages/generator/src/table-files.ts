import { readFile } from "node:fs/promises";
import { Project, type SourceFile, SyntaxKind } from "ts-morph";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { completeSchemaFile } from "./schema-file.ts";
import type { TableDefinition } from "./table-definition.ts";
import { pathsOf, schemaModule } from "./table-paths.ts";

const template = new URL("../template/", import.meta.url);

/**
 * Writes a table's three files. They are the files of the template, which the type check and the linter hold like any
 * other code, with the table's names and columns.
 *
 * @returns the files' texts by path; Biome has not formatted them yet
 * @throws Refusal when two things in a file would have the same name
 */
export async function renderTable(
  names: Names,
  definition: TableDefinition,
): Promise<Record<string, string>> {
  const paths = pathsOf(names);
  const schema = await renamed("core/gadget/gadget.sql.ts", names);
  completeSchemaFile(schema, names, definition);
  const rendered = {
    [paths.schema]: schema,
    [paths.route]: await renamed("web/routes/api/gadgets.ts", names),
    [paths.router]: await renamed("web/lib/trpc/gadgets.ts", names),
  };
  if (!schema.getVariableDeclaration(`${names.singular}Words`)) withoutWords(rendered[paths.router], names);
  for (const [path, source] of Object.entries(rendered)) refuseDuplicateNames(path, source);
  return Object.fromEntries(Object.entries(rendered).map(([path, source]) => [path, source.getFullText()]));
}

/** Reads a file of the template and puts the table's names in the place of the template's. */
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
  // Each node is renamed by itself, because the same word means one thing as an identifier and another in a string.
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

/** Removes the messages from the router of a table that has none. */
function withoutWords(router: SourceFile | undefined, { singular }: Names): void {
  const words = router
    ?.getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((one) => one.getText() === `${singular}Words`);
  for (const word of words?.reverse() ?? []) {
    word.getFirstAncestorByKind(SyntaxKind.ImportSpecifier)?.remove();
    const option = word.wasForgotten()
      ? undefined
      : word.getFirstAncestorByKind(SyntaxKind.ObjectLiteralExpression);
    const call = option?.getParentIfKind(SyntaxKind.CallExpression);
    if (call && option) call.removeArgument(option);
  }
}

/** Refuses a table that has the name of something its own files import: the table `texts` would add a second `text`. */
function refuseDuplicateNames(path: string, source: SourceFile): void {
  const declared = [
    ...source.getImportDeclarations().flatMap((one) => one.getNamedImports().map((named) => named.getName())),
    ...source.getVariableDeclarations().map((one) => one.getName()),
    ...source.getTypeAliases().map((one) => one.getName()),
  ];
  const duplicate = declared.find((name, index) => declared.indexOf(name) !== index);
  if (duplicate) throw new Refusal(`${path} has another "${duplicate}" already. Choose another name.`);
}
