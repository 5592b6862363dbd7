import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { explain, SetupError, SlotTakenError } from "./errors.ts";
import { type Lsn, parseLsn } from "./lsn.ts";

/** The names of what a server owns in the database. */
export type Names = { slot: string; publication: string };

/** Electric's names. Servers with different stream ids do not meet. */
export function namesFor(streamId: string): Names {
  return { slot: `electric_slot_${streamId}`, publication: `electric_publication_${streamId}` };
}

export type Slot = {
  /** Names the cluster, as long as it lives. */
  systemId: string;
  database: string;
  /** How far the slot was acknowledged; null when it has just been made. */
  confirmed: Lsn | null;
  /** Where a new slot starts. */
  start: Lsn;
};

/**
 * Makes sure that the publication and the slot exist and that nobody else uses them, on a replication connection that
 * keeps them for itself as long as it lives.
 *
 * @param recreate what is there has turned out to be useless.
 * @throws SetupError, SlotTakenError
 */
export async function openSlot(client: Client, names: Names, recreate: boolean): Promise<Slot> {
  try {
    const level = await value(client, "SHOW wal_level");
    if (level !== "logical") {
      throw new SetupError(
        `The database's wal_level is "${level}"; changes can be read only with wal_level=logical.`,
        "ALTER SYSTEM SET wal_level = logical, then restart Postgres.",
      );
    }
    // The walsender notices a dead reader late; a second server must not look at the slot until then.
    const lock = `pg_try_advisory_lock(hashtextextended(${escapeLiteral(names.slot)}, 0))`;
    if ((await value(client, `SELECT ${lock}::text`)) !== "true") {
      throw new SlotTakenError(`Another server reads the replication slot "${names.slot}".`);
    }
    const systemId = await value(client, "IDENTIFY_SYSTEM");
    const database = await value(
      client,
      "SELECT oid::text FROM pg_database WHERE datname = current_database()",
    );
    const publication = await value(
      client,
      `SELECT count(*)::text FROM pg_publication WHERE pubname = ${escapeLiteral(names.publication)}`,
    );
    const found = await findSlot(client, names.slot);
    if (found?.database) {
      throw new SetupError(
        `The replication slot "${names.slot}" belongs to the database "${found.database}".`,
        "Give this server a replication stream id of its own: slots have one name in the whole cluster.",
      );
    }
    if (found?.active) {
      throw new SlotTakenError(
        `The replication slot "${names.slot}" is in use by process ${found.active} of the database.`,
      );
    }
    await providePublication(client, names.publication, publication !== "0");
    // a slot cannot pass the time in which its publication did not exist
    const useless = recreate || publication === "0" || found?.lost === true;
    if (found && !useless) return { systemId, database, confirmed: found.confirmed, start: found.confirmed };
    if (found) await client.query(`SELECT pg_drop_replication_slot(${escapeLiteral(names.slot)})`);
    const start = await value(
      client,
      `SELECT lsn::text FROM pg_create_logical_replication_slot(${escapeLiteral(names.slot)}, 'pgoutput')`,
    );
    return { systemId, database, confirmed: null, start: parseLsn(start) };
  } catch (error) {
    throw explain(error);
  }
}

const STORED = "publish_generated_columns = stored";

/** Since Postgres 18 a table with generated columns cannot be updated while their values are not published. */
async function providePublication(client: Client, name: string, exists: boolean): Promise<void> {
  const publication = escapeIdentifier(name);
  const version = Number(await value(client, "SELECT current_setting('server_version_num')"));
  if (!exists) {
    await client.query(`CREATE PUBLICATION ${publication}${version >= 180_000 ? ` WITH (${STORED})` : ""}`);
  } else if (version >= 180_000) {
    const lacking = await value(
      client,
      `SELECT (pubgencols = 'n' AND pg_has_role(pubowner, 'USAGE'))::text FROM pg_publication
       WHERE pubname = ${escapeLiteral(name)}`,
    );
    if (lacking === "true") await client.query(`ALTER PUBLICATION ${publication} SET (${STORED})`);
  }
}

type FoundSlot = { confirmed: Lsn; active: string | null; lost: boolean; database: string | null };

async function findSlot(client: Client, slot: string): Promise<FoundSlot | null> {
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT confirmed_flush_lsn::text AS confirmed, active_pid::text AS active,
       (coalesce(wal_status, '') = 'lost' OR plugin <> 'pgoutput')::text AS lost,
       nullif(database, current_database())::text AS database
     FROM pg_replication_slots WHERE slot_name = ${escapeLiteral(slot)}`,
  );
  const row = rows[0];
  if (!row) return null;
  return {
    confirmed: parseLsn(row.confirmed ?? "0/0"),
    active: row.active ?? null,
    lost: row.lost === "true",
    database: row.database ?? null,
  };
}

/** The first column of the first row, as text; replication connections know the simple protocol only. */
async function value(client: Client, sql: string): Promise<string> {
  const { rows } = await client.query<Record<string, unknown>>(sql);
  const first = Object.values(rows[0] ?? {})[0];
  return typeof first === "string" ? first : String(first ?? "");
}
