import { execFile } from "node:child_process";
import { missingMigrations } from "@tracer/core/drizzle/migrate";
import { pathOf } from "../node-child.ts";

/** How the schema files, the migrations and the database stand to each other. */
export type SchemaState =
  | { readonly kind: "complete" }
  /** The schema files declare what no migration contains. */
  | { readonly kind: "unmigrated"; readonly statements: readonly string[] }
  /** The database lacks migrations, which are named without `.sql`. */
  | { readonly kind: "unapplied"; readonly migrations: readonly string[] }
  /** The schema files cannot be compared: a mistake in a file, or a name that may have been changed. */
  | { readonly kind: "unclear"; readonly reason: string };

const generator = pathOf("../../../generator/src/cli.ts", import.meta.url);

/**
 * Compares the schema files with the migrations, and the migrations with a database.
 *
 * @param databaseUrl a direct URL of the database
 */
export async function schemaState(databaseUrl: string): Promise<SchemaState> {
  const { code, stdout, stderr } = await generate("--check");
  if (stderr.trim() !== "") return { kind: "unclear", reason: reasonIn(stderr) };
  if (code !== 0) return { kind: "unmigrated", statements: stdout.trim().split("\n") };
  const migrations = await missingMigrations(databaseUrl);
  return migrations.length === 0 ? { kind: "complete" } : { kind: "unapplied", migrations };
}

/**
 * Writes the migration that the schema files lack.
 *
 * @throws Error with the generator's words, when the generator cannot write the migration
 */
export async function writeMigration(): Promise<void> {
  const { code, stderr } = await generate();
  if (code !== 0) throw new Error(reasonIn(stderr));
}

/** The same message for a screen and for a log: what is wrong, and what to do. */
export function schemaMessage(state: SchemaState): string {
  switch (state.kind) {
    case "complete":
      return "The database has everything that the schema files declare.";
    case "unmigrated":
      return `The schema files declare what no migration contains:\n${indented(state.statements)}`;
    case "unapplied":
      return `The database lacks a migration:\n${indented(state.migrations)}`;
    case "unclear":
      return `The schema files cannot be compared with the migrations:\n${indented(state.reason.split("\n"))}`;
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

/** Runs the generator in a process of its own, because a process loads each schema file only once. */
function generate(...flags: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [generator, "generate", ...flags], (error, stdout, stderr) => {
      done({ code: error ? 1 : 0, stdout, stderr });
    });
  });
}

function reasonIn(stderr: string): string {
  return stderr
    .replace("Nothing was changed.", "")
    .replace(/^Refused: /, "")
    .trim();
}
