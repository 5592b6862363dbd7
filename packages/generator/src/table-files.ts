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
  const { parent, roles } = definition;
  const schema = await renamed(`core/${formOf(definition)}/gadget.sql.ts`, names, parent?.names);
  if (roles) listRoles(schema, names, roles);
  completeSchemaFile(schema, names, definition);
  const router = await renamed("web/lib/trpc/gadgets.ts", names);
  if (parent) withoutOwner(router);
  const rendered = {
    [paths.schema]: schema,
    [paths.route]: await renamed("web/routes/api/gadgets.ts", names),
    [paths.router]: router,
  };
  if (!schema.getVariableDeclaration(`${names.singular}Words`)) withoutWords(rendered[paths.router], names);
  for (const [path, source] of Object.entries(rendered)) refuseDuplicateNames(path, source);
  return Object.fromEntries(Object.entries(rendered).map(([path, source]) => [path, source.getFullText()]));
}

/** The folder of the template's schema file. */
function formOf({ parent, roles }: TableDefinition): string {
  if (roles) return "roles";
  return parent ? "within" : "gadget";
}

/** Puts the roles in the place of the template's. */
function listRoles(schema: SourceFile, names: Names, roles: readonly string[]): void {
  schema
    .getVariableDeclarationOrThrow(`${names.singular}Role`)
    .getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression)
    .replaceWithText(JSON.stringify(roles));
}

/** Lets the insert of a router set no owner. The parent of a row decides who may add the row. */
function withoutOwner(router: SourceFile): void {
  const [, options] =
    router
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .find((call) => call.getExpression().getText() === "mutations.insert")
      ?.getArguments() ?? [];
  const call = options?.getParentIfKindOrThrow(SyntaxKind.CallExpression);
  if (!options || !call) throw new Error("The template's insert has no owner.");
  call.removeArgument(1);
}

/**
 * Reads a file of the template and puts the table's names in the place of the template's.
 *
 * @param parent the names of the table to which the rows belong, where the file has one
 */
async function renamed(path: string, names: Names, parent?: Names): Promise<SourceFile> {
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile(
    "template.ts",
    await readFile(new URL(path, template), "utf8"),
  );
  const identifiers: Record<string, string> = {
    gadgets: names.plural,
    gadget: names.singular,
    Gadget: names.type,
    ...(parent && { widget: parent.singular }),
  };
  const strings: Record<string, string> = {
    "@tracer/core/gadget/gadget.sql": schemaModule(names),
    "/api/gadgets": `/api/${names.slug}`,
    gadgets: names.table,
    gadget_role: `${names.file.replaceAll("-", "_")}_role`,
    ...(parent && {
      "../widget/widget.sql.ts": `../${parent.domain}/${parent.file}.sql.ts`,
      widget: parent.file.replaceAll("-", "_"),
    }),
  };
  // Each node is renamed by itself, because the same word means one thing as an identifier and another in a string.
  const nodes = [
    ...source.getDescendantsOfKind(SyntaxKind.Identifier).map((node) => ({ node, by: identifiers })),
    ...source.getDescendantsOfKind(SyntaxKind.StringLiteral).map((node) => ({ node, by: strings })),
  ];
  let text = source.getFullText();
  for (const { node, by } of nodes.sort((a, b) => b.node.getStart() - a.node.getStart())) {
    const anyOf = new RegExp(Object.keys(by).join("|"), "g");
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
