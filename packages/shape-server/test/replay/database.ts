import { randomUUID } from "node:crypto";
import { Client, escapeIdentifier } from "pg";
import type { RunSql } from "./run.ts";

/** An empty database of its own, and its URL. Disposing of it drops it. */
export async function createDatabase(
  clusterUrl: string,
): Promise<{ name: string; url: string } & AsyncDisposable> {
  const name = `test_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
  const url = new URL(clusterUrl);
  await onCluster(clusterUrl, `CREATE DATABASE ${escapeIdentifier(name)}`);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    async [Symbol.asyncDispose]() {
      // Slots keep their database from being dropped. Nobody reads them any more.
      await onCluster(
        clusterUrl,
        `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '${name}' AND NOT active`,
      );
      await onCluster(clusterUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}

async function onCluster(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Named sessions of a database. */
export function openSessions(url: string): { sql: RunSql } & AsyncDisposable {
  const clients = new Map<string, Promise<Client>>();
  const session = (name: string) => {
    const known = clients.get(name);
    if (known) return known;
    const client = new Client({ connectionString: url });
    const connected = client.connect().then(() => client);
    clients.set(name, connected);
    return connected;
  };
  return {
    async sql(text, name = "") {
      const client = await session(name);
      const result: unknown = await client.query(text);
      const results = Array.isArray(result) ? result : [result];
      return results.flatMap((each) => each.rows ?? []);
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients.values()) await (await client).end();
    },
  };
}
