import { Command } from "commander";
import { applyChanges } from "./apply-changes.ts";
import { writeDerivedFiles } from "./derived-files.ts";
import { nextMigration } from "./next-migration.ts";
import { diffOf, summaryOf } from "./report.ts";
import { parseStatedChanges } from "./stated-changes.ts";

interface GenerateFlags {
  readonly renamed: readonly string[];
  readonly dropped: readonly string[];
  readonly name?: string;
  readonly check?: boolean;
  readonly dryRun?: boolean;
}

/**
 * The command behind `npm run db:generate`. The exit code is 1 when `--check` finds a missing migration.
 *
 * @param root the project's folder
 */
export function generateCommand(root: string): Command {
  return new Command("generate")
    .description(
      "write the migration for what was changed in the schema files, and the files that follow from the tables",
    )
    .option("--renamed <old=new>", "projects.name=title for a column, projects=plans for a table", all, [])
    .option("--dropped <name>", "projects.name for a column, projects for a table or an enum type", all, [])
    .option("--name <name>", "the migration's name, without its number")
    .option("--check", "write nothing, and fail when a migration is missing")
    .option("--dry-run", "show the difference and write nothing")
    .action(async (flags: GenerateFlags) => generate(root, flags));
}

async function generate(root: string, flags: GenerateFlags): Promise<void> {
  const stated = parseStatedChanges(flags.renamed, flags.dropped);
  const migration = await nextMigration(root, stated, flags.name);
  if (!migration) {
    console.log("The migrations contain everything that the schema files declare.");
  } else if (flags.check) {
    console.log(migration.statements.join("\n"));
    process.exitCode = 1;
  } else if (flags.dryRun) {
    console.log(diffOf(migration.changes, process.stdout.isTTY));
  } else {
    await applyChanges(root, migration.changes);
    console.log(summaryOf(migration.changes));
    console.log(
      "\nRead the SQL before you commit it. npm run dev applies the migration: at its start, or with the key m.",
    );
  }
  if (!flags.check && !flags.dryRun) await writeDerivedFiles(root);
}

/** Collects the values of a flag that can be repeated. */
function all(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
