import { Resource } from "sst";
import { metricLine, readReplication } from "./replication.ts";

/**
 * The function that watches the replication slots: AWS calls it every five minutes. When the database does not answer, it
 * throws, and the metrics are missing, which is an alarm too.
 */
export async function watch(): Promise<void> {
  const state = await readReplication(Resource.Database.url);
  process.stdout.write(`${metricLine(`${Resource.App.name}/${Resource.App.stage}`, state, Date.now())}\n`);
}
