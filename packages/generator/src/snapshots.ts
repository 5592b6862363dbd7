import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type DrizzleSnapshotJSON, generateDrizzleJson } from "drizzle-kit/api";
import { schemaFiles, schemaFolder } from "./schema-files.ts";

/** A database's schema, as drizzle-kit keeps one beside each migration. */
export interface Snapshot extends Omit<DrizzleSnapshotJSON, "tables"> {
  readonly tables: Record<string, SnapshotTable>;
}

type DrizzleTable = DrizzleSnapshotJSON["tables"][string];

/** A table in a snapshot. drizzle-kit's own type says nothing about the constraints. */
export interface SnapshotTable
  extends Omit<
    DrizzleTable,
    "indexes" | "foreignKeys" | "compositePrimaryKeys" | "uniqueConstraints" | "checkConstraints"
  > {
  indexes: Record<string, { columns: readonly { expression: string; isExpression: boolean }[] }>;
  foreignKeys: Record<string, SnapshotForeignKey>;
  compositePrimaryKeys: Record<string, { columns: readonly string[] }>;
  uniqueConstraints: Record<string, { columns: readonly string[] }>;
  checkConstraints: Record<string, { value: string }>;
}

/** A foreign key in a snapshot. */
export interface SnapshotForeignKey {
  tableFrom: string;
  columnsFrom: readonly string[];
  tableTo: string;
  columnsTo: readonly string[];
}

/** One entry in the list of migrations that drizzle-kit keeps. */
export interface JournalEntry {
  readonly idx: number;
  readonly version: string;
  /** When the migration was written, in milliseconds since 1970. A database skips a migration that is not newer. */
  readonly when: number;
  readonly tag: string;
  readonly breakpoints: boolean;
}

/** The list of migrations that drizzle-kit keeps. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
}

/** The folder of the migrations, from the project's root. */
export const migrationsFolder = "packages/core/migrations";
/** The path of the list of migrations, from the project's root. */
export const journalPath = `${migrationsFolder}/meta/_journal.json`;

/**
 * Reads what the schema files declare. This process must not have loaded the files before, because a process loads each
 * file once.
 *
 * @param root the project's folder
 * @param previous the id of the snapshot that the new one follows
 * @throws Error when a schema file cannot be loaded
 */
export async function declaredSnapshot(root: string, previous: string): Promise<Snapshot> {
  const paths = await schemaFiles(root);
  const modules: object[] = await Promise.all(
    paths.map((path) => import(pathToFileURL(join(root, schemaFolder, path)).href)),
  );
  return JSON.parse(JSON.stringify(generateDrizzleJson(Object.assign({}, ...modules), previous)));
}

/** Reads the list of migrations. */
export async function readJournal(root: string): Promise<Journal> {
  return JSON.parse(await readFile(join(root, journalPath), "utf8"));
}

/** Reads the schema that a database has after all migrations. */
export async function migratedSnapshot(root: string, { entries }: Journal): Promise<Snapshot> {
  const newest = entries.at(-1);
  if (!newest) throw new Error(`${journalPath} lists no migration.`);
  return JSON.parse(await readFile(join(root, snapshotPath(newest.idx)), "utf8"));
}

/** The path of a migration's snapshot, from the project's root. */
export function snapshotPath(idx: number): string {
  return `${migrationsFolder}/meta/${numberOf(idx)}_snapshot.json`;
}

/** A migration's number, as its files' names begin with it: `0002`. */
export function numberOf(idx: number): string {
  return String(idx).padStart(4, "0");
}
