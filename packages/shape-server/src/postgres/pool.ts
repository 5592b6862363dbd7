import { type ClientConfig, Pool } from "pg";
import { textSettings } from "./text-format.ts";

/**
 * The connections for catalog queries, snapshots and subsets.
 *
 * @param size how many connections may be open at once.
 */
export function createPool(databaseUrl: string, size: number): Pool {
  return new Pool({
    ...clientConfig(databaseUrl),
    max: size,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    // Only snapshots and subsets need these settings, but a session has one set of them.
    onConnect: async (client) => {
      await client.query(textSettings);
    },
  });
}

/** How every connection of the server is opened. */
export function clientConfig(databaseUrl: string): ClientConfig {
  return { connectionString: databaseUrl, application_name: "shape-server", keepAlive: true };
}
