import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { generateMigration } from "drizzle-kit/api";
import type { Change } from "./change.ts";
import { type LostName, lostNames, withLostNames } from "./lost-names.ts";
import { Refusal } from "./refusal.ts";
import { withRenames } from "./snapshot-renames.ts";
import {
  declaredSnapshot,
  type Journal,
  journalPath,
  migratedSnapshot,
  migrationsFolder,
  numberOf,
  readJournal,
  type Snapshot,
  snapshotPath,
} from "./snapshots.ts";
import type { StatedChanges } from "./stated-changes.ts";

/** The migration that the schema files lack. */
export interface NextMigration {
  /** SQL, one statement each. */
  readonly statements: readonly string[];
  /** The changes that add the migration to the project. */
  readonly changes: readonly Change[];
}

/**
 * Compares the schema files with the newest migration, and makes the migration that is missing. drizzle-kit compares and
 * writes the SQL; this function writes drizzle-kit's files, as `drizzle-kit generate` does. That command would ask in a
 * terminal what became of a lost name.
 *
 * @param root the project's folder
 * @param stated what the person says about lost names
 * @param name the migration's name without its number; by default the names of the changed tables
 * @returns undefined when the newest migration and the schema files agree
 * @throws Refusal when a name is lost and another one new, and nothing says whether this is a rename
 */
export async function nextMigration(
  root: string,
  stated: StatedChanges,
  name?: string,
): Promise<NextMigration | undefined> {
  const journal = await readJournal(root);
  const before = await migratedSnapshot(root, journal);
  const declared = await declaredSnapshot(root, before.id);
  const statements = await statementsBetween(before, declared, stated);
  if (statements.length === 0) return undefined;
  const tag = `${numberOf(nextIdx(journal))}_${name ?? nameFor(before, declared)}`;
  return { statements, changes: await changesFor(root, journal, declared, tag, statements) };
}

/**
 * The statements that bring a database from one snapshot to another.
 *
 * @throws Refusal when a name is lost and another one new, and nothing says whether this is a rename
 */
export async function statementsBetween(
  before: Snapshot,
  declared: Snapshot,
  stated: StatedChanges,
): Promise<string[]> {
  const renamed = withRenames(before, declared, stated.renames);
  const lost = lostNames(renamed.snapshot, declared);
  const unclear = lost.filter((one) => !stated.dropped.includes(one.name));
  if (unclear.length > 0) throw new Refusal(questionAbout(unclear));
  if (lost.length === 0) {
    return [...renamed.statements, ...(await generateMigration(renamed.snapshot, declared))];
  }
  // drizzle-kit takes a drop and an addition in one comparison for a possible rename, and would ask.
  const between = { ...withLostNames(renamed.snapshot, declared), id: randomUUID() };
  return [
    ...renamed.statements,
    ...(await generateMigration(renamed.snapshot, between)),
    ...(await generateMigration(between, declared)),
  ];
}

function questionAbout(lost: readonly LostName[]): string {
  const lines = lost.flatMap(({ name, kind, candidates }) => [
    `  the ${kind} "${name}" is gone, and new is ${candidates.map((one) => `"${one}"`).join(", ")}:`,
    // drizzle-kit cannot rename a type and keep its columns, so that a type can only be dropped.
    ...(kind === "type"
      ? []
      : candidates.map((to) => `    npm run db:generate -- --renamed ${name}=${to}   keeps its values`)),
    `    npm run db:generate -- --dropped ${name}   deletes its values`,
  ]);
  return `Say whether a name was changed or dropped. Flags can be repeated and combined.\n${lines.join("\n")}`;
}

function nextIdx({ entries }: Journal): number {
  return (entries.at(-1)?.idx ?? -1) + 1;
}

function nameFor(before: Snapshot, declared: Snapshot): string {
  const keys = new Set([...Object.keys(before.tables), ...Object.keys(declared.tables)]);
  const changed = [...keys].filter(
    (key) => JSON.stringify(before.tables[key]) !== JSON.stringify(declared.tables[key]),
  );
  const tables = changed.map((key) => key.replace(/^public\./, "")).sort();
  return `change_${tables.length === 0 ? "types" : tables.slice(0, 3).join("_")}`;
}

async function changesFor(
  root: string,
  journal: Journal,
  declared: Snapshot,
  tag: string,
  statements: readonly string[],
): Promise<Change[]> {
  const idx = nextIdx(journal);
  // A database skips a migration that is not newer than its last one, also when this machine's clock is behind.
  const when = Math.max(Date.now(), (journal.entries.at(-1)?.when ?? 0) + 1);
  const entry = { idx, version: declared.version, when, tag, breakpoints: true };
  const { id, prevId, ...schema } = declared;
  const snapshot = { id, prevId, ...schema, _meta: { columns: {}, schemas: {}, tables: {} } };
  const json = (value: unknown) => JSON.stringify(value, undefined, 2);
  return [
    {
      path: `${migrationsFolder}/${tag}.sql`,
      after: `${statements.join("--> statement-breakpoint\n")}\n`,
    },
    { path: snapshotPath(idx), after: json(snapshot) },
    {
      path: journalPath,
      before: await readFile(join(root, journalPath), "utf8"),
      after: json({ ...journal, entries: [...journal.entries, entry] }),
    },
  ];
}
