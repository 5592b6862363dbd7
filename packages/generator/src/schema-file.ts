import { type ObjectLiteralExpression, type SourceFile, SyntaxKind } from "ts-morph";
import { type Column, keyOf, type Target } from "./columns.ts";
import { constraintMessages, requireShortNames } from "./constraint-messages.ts";
import { maxBytes, type Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import type { TableDefinition } from "./table-definition.ts";

/**
 * Puts a table's columns and its access rule into a schema file. The file comes from the template, with one sample
 * column and with both rules.
 *
 * @param source the template's schema file, already with the table's names; changed in place
 * @throws Refusal when the name of a column's enum type or of a constraint would be too long
 */
export function completeSchemaFile(
  source: SourceFile,
  names: Names,
  { columns, shared, parent }: TableDefinition,
): void {
  if (!parent) keepRule(source, names, shared);
  for (const object of [columnsOf(source, names), fieldsOf(source)]) {
    const isTable = object.getProperty("id")?.getText() !== "id: true";
    if (!shared) object.getProperty("memberIds")?.remove();
    const sample = object.getPropertyOrThrow("name");
    const index = sample.getChildIndex() / 2;
    sample.remove();
    object.insertPropertyAssignments(
      index,
      columns.map((column) => ({ name: column.key, initializer: isTable ? builder(names, column) : "true" })),
    );
  }
  requireShortNames(names, columns);
  declareEnums(source, names, columns);
  addIndexes(source, names, columns);
  completeWords(source, names, columns);
  importBuilders(source, columns);
  dropUnusedImports(source);
}

/** Removes one of the template's two rules, for rows of one person and for rows with members. */
function keepRule(source: SourceFile, names: Names, shared: boolean): void {
  const rule = `${names.singular}Access`;
  const sharedRule = `shared${names.type}Access`;
  removeStatement(source, shared ? rule : sharedRule);
  if (shared) source.getVariableDeclarationOrThrow(sharedRule).getNameNode().replaceWithText(rule);
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
  if (type.length <= maxBytes) return type;
  throw new Refusal(
    `The enum type "${type}" is longer than ${maxBytes} bytes. Choose a shorter column name.`,
  );
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
  const parts = [`${called}(${[JSON.stringify(column.name), options].filter(Boolean).join(", ")})`];
  if (column.array) parts.push("array()");
  if (!column.nullable) parts.push("notNull()");
  if (column.default !== undefined) parts.push(`default(${column.default})`);
  if (column.unique && column.unique.within === undefined) parts.push("unique()");
  if (column.target) parts.push(reference(column.target, column.nullable));
  return parts.join(".");
}

/** A row never outlives what it must refer to, and never keeps anybody from deleting it. */
function reference({ table, module }: Target, nullable: boolean): string {
  // TypeScript cannot find the type of a table that refers to itself.
  const id = module ? `() => ${table}.id` : `(): AnyPgColumn => ${table}.id`;
  return `references(${id}, { onDelete: "${nullable ? "set null" : "cascade"}" })`;
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

/** Adds the indexes, and the unique constraints of several columns, beside the index of the owner. */
function addIndexes(source: SourceFile, names: Names, columns: readonly Column[]): void {
  const added = columns.flatMap(({ name, key, unique, index, references }) => {
    if (unique?.within !== undefined) {
      const constraint = `${names.table}_${unique.within}_${name}_unique`;
      return [`unique(${JSON.stringify(constraint)}).on(table.${keyOf(unique.within)}, table.${key})`];
    }
    if (unique || (!index && !references)) return [];
    return [`index(${JSON.stringify(`${names.table}_${name}_idx`)}).on(table.${key})`];
  });
  if (added.length === 0) return;
  source
    .getVariableDeclarationOrThrow(names.singular)
    .getInitializerIfKindOrThrow(SyntaxKind.CallExpression)
    .getArguments()
    .at(-1)
    ?.getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression)
    .addElements(added);
}

/** Writes a message for each column that a constraint may refuse, or removes the messages when there is none. */
function completeWords(source: SourceFile, names: Names, columns: readonly Column[]): void {
  const words = `${names.singular}Words`;
  const messages = constraintMessages(columns);
  if (messages.length === 0) {
    removeStatement(source, words);
    const unused = source.getImportDeclarationOrThrow("../drizzle/constraint-words.ts");
    source.removeText(unused.getPos(), unused.getEnd());
    return;
  }
  const told = messages.map(({ key, message }) => `${key}: ${JSON.stringify(message)}`);
  source
    .getVariableDeclarationOrThrow(words)
    .getFirstDescendantByKindOrThrow(SyntaxKind.ObjectLiteralExpression)
    .replaceWithText(`{ ${told.join(", ")} }`);
}

function importBuilders(source: SourceFile, columns: readonly Column[]): void {
  for (const { builder, labels, unique, target, default: value } of columns) {
    const name = labels ? "pgEnum" : builder.name;
    importName(source, ownBuilders.includes(name) ? "../drizzle/columns.ts" : "drizzle-orm/pg-core", name);
    if (unique?.within !== undefined) importName(source, "drizzle-orm/pg-core", "unique");
    if (value?.startsWith("sql`")) importName(source, "drizzle-orm", "sql");
    if (target?.module) importName(source, target.module, target.table);
    else if (target) importName(source, "drizzle-orm/pg-core", "type AnyPgColumn");
  }
}

/** The functions of `columns.ts` that declare a column. */
const ownBuilders = ["timestamptz", "orderKey"];

function importName(source: SourceFile, module: string, name: string): void {
  const declaration =
    source.getImportDeclaration(module) ?? source.addImportDeclaration({ moduleSpecifier: module });
  if (!declaration.getNamedImports().some((named) => named.getText() === name))
    declaration.addNamedImport(name);
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
