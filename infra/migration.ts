import { databaseDirect } from "./database.ts";
import { electricStream } from "./stage.ts";

/**
 * Applies the migrations, and gives the roles their passwords and privileges, at every deployment, by the direct URL. What
 * serves requests depends on this resource. So the new code gets its first request after the migrations, and a migration that
 * fails ends the deployment while the old code goes on serving. Electric keeps the columns that the old code shows.
 */
export const migration = migrationRun("Migration", ["--keep-former"]);

/**
 * Runs the command that migrates, on the machine that deploys.
 *
 * @param flags what the command gets beside its environment
 * @param after the resources that have to be there first
 */
export function migrationRun(name: string, flags: readonly string[], after: $util.Resource[] = []) {
  return new command.local.Command(
    name,
    {
      create: ["npm run --silent db:migrate --", ...flags].join(" "),
      dir: $cli.paths.root,
      environment: {
        SST_RESOURCE_App: $jsonStringify({ name: $app.name, stage: $app.stage }),
        SST_RESOURCE_DatabaseDirect: $util.secret($jsonStringify(databaseDirect.properties)),
        ...(electricStream && { ELECTRIC_REPLICATION_STREAM_ID: electricStream }),
      },
      // A database that somebody has restored lacks migrations that an earlier deployment applied, so each deployment looks.
      triggers: [Date.now()],
    },
    { dependsOn: after },
  );
}
