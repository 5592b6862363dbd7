import { getTableColumns } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";

/** The message for a person whose values a constraint of a table refuses, and the field of the message. */
export interface ConstraintWord {
  readonly message: string;
  /** The key of the input field. Absent when the constraint is about several fields. */
  readonly field?: string;
}

/** The messages for constraints of a table, by the name of the constraint in Postgres. Keep these beside the table. */
export type ConstraintWords = Readonly<Record<string, ConstraintWord>>;

/**
 * Gives each field of a table the message for a person whose value is taken, or refers to a row that does not exist.
 *
 * The message belongs to the unique constraints and the foreign keys of the field's column. A constraint of several
 * columns is told at the last of its fields that has a message.
 *
 * @param messages the messages, by the key of the field
 * @throws Error when no constraint of the table can refuse a field for one of these reasons
 */
export function constraintWords<Table extends PgTable>(
  table: Table,
  messages: Readonly<Partial<Record<keyof Table["_"]["columns"] & string, string>>>,
): ConstraintWords {
  const words: Record<string, ConstraintWord> = {};
  const silent = new Map(Object.entries<string | undefined>(messages));
  for (const { name, fields } of constraintsOf(table)) {
    const [field, message] =
      fields.map((one) => [one, messages[one]] as const).findLast(([, word]) => word) ?? [];
    if (name === undefined || field === undefined || message === undefined) continue;
    words[name] = { field, message };
    silent.delete(field);
  }
  if (silent.size === 0) return words;
  throw new Error(
    `No unique constraint and no foreign key refuses a value of: ${[...silent.keys()].join(", ")}.`,
  );
}

/** The unique constraints, the unique indexes and the foreign keys of a table, with the keys of their columns. */
function constraintsOf<Table extends PgTable>(table: Table) {
  type Field = keyof Table["_"]["columns"] & string;
  const { columns, uniqueConstraints, indexes, foreignKeys } = getTableConfig(table);
  const constraints: { name: string | undefined; parts: readonly object[] }[] = [
    ...columns
      .filter(({ isUnique }) => isUnique)
      .map((column) => ({ name: column.uniqueName, parts: [column] })),
    ...uniqueConstraints.map((one) => ({ name: one.getName(), parts: one.columns })),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => ({ name: config.name, parts: config.columns })),
    ...foreignKeys.map((key) => ({ name: key.getName(), parts: key.reference().columns })),
  ];
  const keys = new Map(
    Object.entries(getTableColumns(table)).map(([key, column]) => [column.name, key as Field]),
  );
  // An index may hold an expression in place of a column.
  const fieldOf = (part: object) => ("name" in part ? (keys.get(String(part.name)) ?? []) : []);
  return constraints.map(({ name, parts }) => ({ name, fields: parts.flatMap(fieldOf) }));
}
