import { Refusal } from "./refusal.ts";

/** A column or a table that has another name in the schema files than in the newest migration. */
export interface Rename {
  readonly table: string;
  /** Without a column the table itself was renamed. */
  readonly column?: string;
  readonly to: string;
}

/** What a person says about names that the schema files no longer have. */
export interface StatedChanges {
  readonly renames: readonly Rename[];
  /** Columns as `projects.name`, tables and enum types as `projects`. */
  readonly dropped: readonly string[];
}

const name = "[A-Za-z_][A-Za-z0-9_]*";

/**
 * Reads what the flags `--renamed` and `--dropped` say.
 *
 * @param renamed such as `projects.name=title` for a column, and `projects=plans` for a table
 * @param dropped such as `projects.name`, or `projects`
 * @throws Refusal when a value has another form
 */
export function parseStatedChanges(renamed: readonly string[], dropped: readonly string[]): StatedChanges {
  return { renames: renamed.map(parseRename), dropped: dropped.map(parseDropped) };
}

function parseRename(text: string): Rename {
  const [, table, column, to] = new RegExp(`^(${name})(?:\\.(${name}))?=(${name})$`).exec(text) ?? [];
  if (!table || !to) {
    throw new Refusal(
      `--renamed ${text}: write the old name, an equals sign and the new name, such as projects.name=title for a column or projects=plans for a table.`,
    );
  }
  return { table, to, ...(column ? { column } : {}) };
}

function parseDropped(text: string): string {
  if (new RegExp(`^${name}(\\.${name})?$`).test(text)) return text;
  throw new Refusal(`--dropped ${text}: write projects.name for a column, or projects for a table.`);
}
