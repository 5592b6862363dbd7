import { database } from "./database.ts";
import { migration } from "./migration.ts";

/**
 * Has AWS ask the database every five minutes for the state of Electric's replication slot, because Neon reports to nobody.
 * The function connects as the app, and may do nothing in AWS but write its log.
 */
export function watchReplication(): sst.aws.CronV2 {
  return new sst.aws.CronV2(
    "ReplicationWatch",
    {
      schedule: "rate(5 minutes)",
      function: {
        handler: "infra/watch/handler.watch",
        runtime: "nodejs24.x",
        architecture: "arm64",
        memory: "128 MB",
        timeout: "30 seconds",
        link: [database],
        logging: { retention: "1 week" },
      },
    },
    { dependsOn: [migration] },
  );
}
