import { type ClientConfig, Pool } from "pg";

/** How Postgres must print values so that they read as Electric's do, whatever the database's own settings. */
export const TEXT_SETTINGS = [
  "SET bytea_output = 'hex'",
  "SET DateStyle = 'ISO, DMY'",
  "SET TimeZone = 'UTC'",
  "SET IntervalStyle = 'iso_8601'",
  "SET extra_float_digits = 1",
].join("; ");

/** All values as text: the server passes on what Postgres prints. */
export const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** The connections for catalog queries, snapshots and subsets. Queries give json columns parsed, all else as text. */
export function createPool(databaseUrl: string, size: number): Pool {
  return new Pool({
    connectionString: databaseUrl,
    max: size,
    application_name: "shape-server",
    keepAlive: true,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    // Only the snapshot and subset queries depend on these, but a session has one set of them.
    onConnect: async (client) => {
      await client.query(TEXT_SETTINGS);
    },
  });
}

export function clientConfig(databaseUrl: string): ClientConfig {
  return { connectionString: databaseUrl, application_name: "shape-server", keepAlive: true };
}
