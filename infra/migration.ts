import { databaseDirect } from "./database.ts";
import { electricStream } from "./stage.ts";

/**
 * Applies the migrations, and gives the roles their passwords and privileges, at every deployment: `npm run db:migrate` on
 * the machine that deploys, by the direct URL. What serves requests depends on this resource. So the new code gets its
 * first request after the migrations, and a migration that fails ends the deployment while the old code goes on serving.
 */
export const migration = new command.local.Command("Migration", {
  create: "npm run --silent db:migrate",
  dir: $cli.paths.root,
  environment: {
    SST_RESOURCE_App: $jsonStringify({ name: $app.name, stage: $app.stage }),
    SST_RESOURCE_DatabaseDirect: $util.secret($jsonStringify(databaseDirect.properties)),
    ...(electricStream && { ELECTRIC_REPLICATION_STREAM_ID: electricStream }),
  },
  // A database that somebody has restored lacks migrations that an earlier deployment applied, so each deployment looks.
  triggers: [Date.now()],
});
