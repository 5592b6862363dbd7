import type { Snapshot } from "./snapshots.ts";

/** A name that the schema files no longer declare, while they declare new names of the same kind. */
export interface LostName {
  /** A column as `projects.name`; a table or an enum type as `projects`. */
  readonly name: string;
  readonly kind: "column" | "table" | "type";
  /** The new names, of which one may be the lost one's new name: for a column `title`, without the table. */
  readonly candidates: readonly string[];
}

type Named = Readonly<Record<string, object>>;

/** Finds the names of which only a person can say whether they were renamed or dropped. */
export function lostNames(before: Snapshot, declared: Snapshot): LostName[] {
  const within = (kind: LostName["kind"], from: Named, to: Named, prefix = ""): LostName[] => {
    const candidates = namesOnlyIn(to, from);
    if (candidates.length === 0) return [];
    return namesOnlyIn(from, to).map((name) => ({ name: prefix + name, kind, candidates }));
  };
  const columns = Object.entries(before.tables).flatMap(([key, table]) => {
    const after = declared.tables[key];
    return after ? within("column", table.columns, after.columns, `${table.name}.`) : [];
  });
  return [
    ...within("table", before.tables, declared.tables),
    ...within("type", before.enums, declared.enums),
    ...columns,
  ];
}

/**
 * Gives the schema files' snapshot everything back that they no longer declare. From the old snapshot to this one
 * nothing is lost, and from this one to the schema files' nothing is gained: drizzle-kit has no question about either.
 */
export function withLostNames(before: Snapshot, declared: Snapshot): Snapshot {
  const tables = { ...before.tables, ...declared.tables };
  for (const [key, { columns }] of Object.entries(before.tables)) {
    const after = declared.tables[key];
    if (after) tables[key] = { ...after, columns: { ...columns, ...after.columns } };
  }
  return {
    ...declared,
    tables,
    enums: { ...before.enums, ...declared.enums },
    schemas: { ...before.schemas, ...declared.schemas },
    sequences: { ...before.sequences, ...declared.sequences },
  };
}

function namesOnlyIn(one: Named, other: Named): string[] {
  return Object.keys(one)
    .filter((key) => !(key in other))
    .map((key) => key.replace(/^public\./, ""));
}
