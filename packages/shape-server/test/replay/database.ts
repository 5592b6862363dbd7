import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
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
      // Slots keep their database from being dropped.
      await dropSlots(url.href);
      await onCluster(clusterUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    },
  };
}

/** How long to wait until nobody reads a slot any more, in milliseconds. */
const letGoTime = 30_000;

/**
 * Drops the replication slots of a database, or the one of this name. The process of Postgres that serves a slot ends a moment
 * after the connection of its reader.
 */
export async function dropSlots(databaseUrl: string, slot?: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const own =
    "FROM pg_replication_slots WHERE database = current_database() AND slot_name = coalesce($1, slot_name)";
  try {
    for (const end = performance.now() + letGoTime; performance.now() < end; await delay(20)) {
      await client.query(`SELECT pg_drop_replication_slot(slot_name) ${own} AND NOT active`, [slot]);
      if ((await client.query(`SELECT ${own}`, [slot])).rowCount === 0) return;
    }
  } finally {
    await client.end();
  }
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
