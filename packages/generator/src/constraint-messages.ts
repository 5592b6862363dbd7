import type { Column } from "./columns.ts";
import { maxBytes, type Names } from "./names.ts";
import { Refusal } from "./refusal.ts";

/** What a person is told at a field whose value a constraint refuses. */
interface ConstraintMessage {
  /** The field in TypeScript. */
  readonly key: string;
  readonly message: string;
}

/** Writes a message for each column whose value may be taken, or may refer to a row that does not exist. */
export function constraintMessages(columns: readonly Column[]): ConstraintMessage[] {
  return columns.flatMap(({ key, name, unique, references }) => {
    const what = name.replace(/_id$/, "").replaceAll("_", " ");
    if (unique && references) return [{ key, message: `Choose another ${what}.` }];
    if (unique) return [{ key, message: `This ${what} is taken.` }];
    return references ? [{ key, message: `This ${what} does not exist.` }] : [];
  });
}

/**
 * Refuses columns whose constraints or indexes would have too long a name. The messages would not be found by names that
 * Postgres has cut.
 *
 * @throws Refusal with the name
 */
export function requireShortNames({ table }: Names, columns: readonly Column[]): void {
  for (const { name, unique, index, references } of columns) {
    const made = [
      unique && [table, unique.within, name, "unique"].filter(Boolean).join("_"),
      (index || references) && `${table}_${name}_idx`,
      references && `${table}_${name}_${references}_id_fk`,
    ];
    const long = made.find((one) => one && one.length > maxBytes);
    if (long) throw new Refusal(`"${long}" is longer than ${maxBytes} bytes. Choose a shorter column name.`);
  }
}
