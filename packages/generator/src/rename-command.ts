import { Command } from "commander";
import { applyChanges } from "./apply-changes.ts";
import { renameProject, renameScope } from "./rename-project.ts";
import { diffOf, summaryOf } from "./report.ts";

/**
 * The command behind `npm run rename`.
 *
 * @param root the project's folder
 */
export function renameCommand(root: string): Command {
  return new Command("rename")
    .description("give the project a name of your own: packages, titles, database, variables and pages")
    .argument("<name>", "in kebab-case, such as acme or acme-tools")
    .option("--dry-run", "show the difference and write nothing")
    .action(async (name: string, { dryRun }: { dryRun?: boolean }) => {
      const { from, to, changes } = await renameProject(root, name);
      if (dryRun) {
        console.log(diffOf(changes, process.stdout.isTTY));
        return;
      }
      await applyChanges(root, changes);
      await renameScope(root, from, to);
      console.log(summaryOf(changes));
      console.log(`\nThe project is called ${to.title} now: ${changes.length} files.`);
      console.log(
        [
          "Next:",
          "  npm install          npm keeps a list of the installed packages under their names",
          "  npm run pictures     the pictures of the README show the old name",
          "  npm run check        the same tests as before",
          "  git commit -a        the new name is one commit, and can be undone as one",
          `The local data of ${from.title} stays in .${from.name}, which git no longer ignores. Delete the folder.`,
        ].join("\n"),
      );
    });
}
