import { type ObjectLiteralExpression, type SourceFile, SyntaxKind } from "ts-morph";
import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import type { TableDefinition } from "./table-definition.ts";

/**
 * Puts a table's columns and its access rule into a schema file. The file comes from the template, with one sample
 * column and with both rules.
 *
 * @param source the template's schema file, already with the table's names; changed in place
 * @throws Refusal when the name of a column's enum type would be too long
 */
export function completeSchemaFile(
  source: SourceFile,
  names: Names,
  { columns, shared }: TableDefinition,
): void {
  const rule = `${names.singular}Access`;
  const sharedRule = `shared${names.type}Access`;
  removeStatement(source, shared ? rule : sharedRule);
  if (shared) source.getVariableDeclarationOrThrow(sharedRule).getNameNode().replaceWithText(rule);

  for (const object of [columnsOf(source, names), fieldsOf(source)]) {
    const isTable = object.getProperty("userId") !== undefined;
    if (!shared) object.getPropertyOrThrow("memberIds").remove();
    const sample = object.getPropertyOrThrow("name");
    const index = sample.getChildIndex() / 2;
    sample.remove();
    object.insertPropertyAssignments(
      index,
      columns.map((column) => ({ name: column.key, initializer: isTable ? builder(names, column) : "true" })),
    );
  }
  declareEnums(source, names, columns);
  importBuilders(source, columns);
  dropUnusedImports(source);
}

/** Removes a statement together with its comment and the empty line above it. */
function removeStatement(source: SourceFile, name: string): void {
  const statement = source.getVariableDeclarationOrThrow(name).getVariableStatementOrThrow();
  source.removeText(statement.getPos(), statement.getEnd());
}

/**
 * The name of an enum column's type in Postgres.
 *
 * @throws Refusal when Postgres would cut the name
 */
export function enumTypeName(names: Names, column: Column): string {
  const type = `${names.file.replaceAll("-", "_")}_${column.name}`;
  if (type.length <= 63) return type;
  throw new Refusal(`The enum type "${type}" is longer than 63 bytes. Choose a shorter column name.`);
}

function columnsOf(source: SourceFile, names: Names): ObjectLiteralExpression {
  const [, columns] = source
    .getVariableDeclarationOrThrow(names.singular)
    .getInitializerIfKindOrThrow(SyntaxKind.CallExpression)
    .getArguments();
  if (!columns) throw new Error("The template's table has no columns.");
  return columns.asKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

function fieldsOf(source: SourceFile): ObjectLiteralExpression {
  return source
    .getVariableDeclarationOrThrow("fields")
    .getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

function builder(names: Names, column: Column): string {
  const { name, options } = column.builder;
  const called = column.labels ? names.singular + name : name;
  const call = `${called}(${[JSON.stringify(column.name), options].filter(Boolean).join(", ")})`;
  return column.nullable ? call : `${call}.notNull()`;
}

function declareEnums(source: SourceFile, names: Names, columns: readonly Column[]): void {
  const declarations = columns.flatMap((column) => {
    if (!column.labels) return [];
    const [type, labels] = [enumTypeName(names, column), column.labels].map((part) => JSON.stringify(part));
    return [`export const ${names.singular}${column.builder.name} = pgEnum(${type}, ${labels});`];
  });
  if (declarations.length === 0) return;
  const table = source.getVariableDeclarationOrThrow(names.singular).getVariableStatementOrThrow();
  source.insertText(table.getStart(), `${declarations.join("\n")}\n\n`);
}

function importBuilders(source: SourceFile, columns: readonly Column[]): void {
  for (const { builder, labels } of columns) {
    const name = labels ? "pgEnum" : builder.name;
    const module = name === "timestamptz" ? "../drizzle/columns.ts" : "drizzle-orm/pg-core";
    const declaration = source.getImportDeclarationOrThrow(module);
    const known = declaration.getNamedImports().some((named) => named.getName() === name);
    if (!known) declaration.addNamedImport(name);
  }
}

function dropUnusedImports(source: SourceFile): void {
  for (const declaration of source.getImportDeclarations()) {
    for (const named of declaration.getNamedImports()) {
      const uses = source
        .getDescendantsOfKind(SyntaxKind.Identifier)
        .filter((identifier) => identifier.getText() === named.getName());
      if (uses.length === 1) named.remove();
    }
  }
}
