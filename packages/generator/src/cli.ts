import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { applyChanges, UndoError } from "./apply-changes.ts";
import { askForTable, askWhichToRemove } from "./ask.ts";
import type { Change } from "./change.ts";
import { columnMarks, columnsWithin, columnTypes, membershipColumns, parseColumns } from "./columns.ts";
import { schemaFileOf } from "./find-schema-file.ts";
import { generateCommand } from "./generate-command.ts";
import { rememberGenerated } from "./generated-files.ts";
import { namesOf } from "./names.ts";
import { newTable } from "./new-table.ts";
import { parentOf } from "./parent-table.ts";
import { Refusal } from "./refusal.ts";
import { removeTable } from "./remove-table.ts";
import { renameCommand } from "./rename-command.ts";
import { diffOf, nextSteps, summaryOf } from "./report.ts";
import { parseRoles } from "./roles.ts";

interface NewFlags {
  readonly columns?: string;
  readonly shared?: boolean;
  readonly in?: string;
  readonly roles?: string;
  readonly domain?: string;
  readonly singular?: string;
  readonly dryRun?: boolean;
}

interface RemoveFlags {
  readonly discard?: boolean;
  readonly dryRun?: boolean;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

const program = new Command("table").showHelpAfterError();

program
  .command("new")
  .description("write a table: its schema, its migration, its shape route, its router and its collection")
  .argument("[table]", "its name in Postgres, plural and in snake_case, such as projects")
  .option(
    "--columns <list>",
    `name:type, separated by commas; types: ${columnTypes.join(", ")}; ${columnMarks}`,
  )
  .option("--shared", "rows have members, who read them too")
  .option("--in <table>", "rows belong to a row of this table, and follow its rule")
  .option("--roles <words>", "rows are memberships in the table of --in; from the least: viewer|editor|owner")
  .option("--domain <name>", "the folder in packages/core/src (default: the singular)")
  .option("--singular <name>", "the name of one row, where the rules of English do not give it")
  .option("--dry-run", "show the difference and write nothing")
  .action(async (table: string | undefined, flags: NewFlags) => {
    const asked = table === undefined && process.stdin.isTTY ? await askForTable(root) : undefined;
    const name = table ?? asked?.table;
    if (name === undefined) throw new Refusal("Say which table: npm run new:table -- projects");
    const names = await namesOf(name, flags);
    const roles = flags.roles === undefined ? undefined : parseRoles(flags.roles);
    if (roles && flags.in === undefined) {
      throw new Refusal("Say of which table these are the roles: --in projects");
    }
    const list = flags.columns ?? asked?.columns ?? (roles ? undefined : "name:text");
    const parent = flags.in === undefined ? undefined : await parentOf(root, flags.in, name);
    const others = parent && (roles ? membershipColumns : columnsWithin)(parent.column.name);
    const columns = list === undefined ? [] : await parseColumns(list, others);
    const shared = flags.shared ?? asked?.shared ?? false;
    if (shared && flags.in !== undefined) {
      throw new Refusal(
        `The rows of ${flags.in} decide who reads these rows: --in and --shared exclude each other.`,
      );
    }
    const changes = await newTable(root, names, { columns, shared, parent, roles });
    await finish(changes, flags);
    if (flags.dryRun) return;
    await rememberGenerated(root, changes);
    console.log(`\n${nextSteps(names, columns, shared)}`);
  });

program
  .command("remove")
  .description("remove a table")
  .argument("[table]", "its name in Postgres")
  .option("--discard", "delete also what you wrote into the table's files and did not commit")
  .option("--dry-run", "show the difference and write nothing")
  .action(async (table: string | undefined, flags: RemoveFlags) => {
    const name = table ?? (process.stdin.isTTY ? await askWhichToRemove(root) : undefined);
    if (name === undefined) throw new Refusal("Say which table: npm run remove:table -- projects");
    const names = await namesOf(name, await schemaFileOf(root, name));
    const { changes, migrationDeleted } = await removeTable(root, names, {
      discard: flags.discard ?? flags.dryRun ?? false,
    });
    await finish(changes, flags);
    if (migrationDeleted) {
      console.log(
        "\nThe migration was never committed, so it was deleted too. A local database that has run it still has the",
      );
      console.log("table: npm run dev -- --reset starts with an empty database.");
    } else {
      console.log("\nThe new migration drops the table with all of its rows.");
    }
  });

program.addCommand(generateCommand(root));
program.addCommand(renameCommand(root));

try {
  await program.parseAsync();
} catch (error) {
  // The cause is left out: the message already holds what the tool wrote.
  const report = error instanceof Error ? error.stack : error;
  console.error(error instanceof Refusal ? `Refused: ${error.message}` : report);
  if (!(error instanceof UndoError)) console.error("Nothing was changed.");
  process.exitCode = 1;
}

async function finish(changes: Change[], { dryRun }: { dryRun?: boolean }): Promise<void> {
  if (dryRun) {
    console.log(diffOf(changes, process.stdout.isTTY));
    return;
  }
  await applyChanges(root, changes);
  console.log(summaryOf(changes));
}
