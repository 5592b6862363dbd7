import { type Client, escapeIdentifier, escapeLiteral } from "pg";
import { SetupError } from "../errors/setup-error.ts";
import { type Lsn, parseLsn } from "../postgres/lsn.ts";
import { explain } from "./explain.ts";
import { SlotTakenError } from "./slot-taken-error.ts";

/** The names of what a server owns in the database. */
export interface Names {
  readonly slot: string;
  readonly publication: string;
}

/** Electric's names. Servers with different stream ids share neither a slot nor a publication. */
export function namesFor(streamId: string): Names {
  return { slot: `electric_slot_${streamId}`, publication: `electric_publication_${streamId}` };
}

/** A replication slot that this server has opened. */
export interface Slot {
  /** Postgres' own name for the cluster. */
  readonly systemId: string;
  /** The oid of the database. */
  readonly database: string;
  /** How far the slot has been acknowledged; undefined for a new slot. */
  readonly confirmed: Lsn | undefined;
  /** Where the stream starts. */
  readonly start: Lsn;
}

/**
 * Makes sure that the publication and the slot exist and that no other server uses them. The replication connection
 * holds them until it ends.
 *
 * @param recreate true to drop the existing slot, because it has turned out to be useless.
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
    // Postgres notices late that a reader has died. The lock, which ends with the connection, keeps servers apart.
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
        "Give this server a replication stream id of its own: the name of a slot is unique in the cluster.",
      );
    }
    if (found?.active) {
      throw new SlotTakenError(
        `The replication slot "${names.slot}" is in use by process ${found.active} of the database.`,
      );
    }
    await providePublication(client, names.publication, publication !== "0");
    // A slot cannot decode changes from a time when its publication did not exist.
    const useless = recreate || publication === "0" || found?.lost === true;
    if (found && !useless) return { systemId, database, confirmed: found.confirmed, start: found.confirmed };
    if (found) await client.query(`SELECT pg_drop_replication_slot(${escapeLiteral(names.slot)})`);
    const start = await value(
      client,
      `SELECT lsn::text FROM pg_create_logical_replication_slot(${escapeLiteral(names.slot)}, 'pgoutput')`,
    );
    return { systemId, database, confirmed: undefined, start: parseLsn(start) };
  } catch (error) {
    throw explain(error);
  }
}

const storedColumns = "publish_generated_columns = stored";

/**
 * Creates the publication unless it exists. From Postgres 18 on the publication includes generated columns: otherwise a
 * table that has them refuses updates under REPLICA IDENTITY FULL.
 */
async function providePublication(client: Client, name: string, exists: boolean): Promise<void> {
  const publication = escapeIdentifier(name);
  const version = Number(await value(client, "SELECT current_setting('server_version_num')"));
  if (!exists) {
    await client.query(
      `CREATE PUBLICATION ${publication}${version >= 180_000 ? ` WITH (${storedColumns})` : ""}`,
    );
  } else if (version >= 180_000) {
    const lacking = await value(
      client,
      `SELECT (pubgencols = 'n' AND pg_has_role(pubowner, 'USAGE'))::text FROM pg_publication
       WHERE pubname = ${escapeLiteral(name)}`,
    );
    if (lacking === "true") await client.query(`ALTER PUBLICATION ${publication} SET (${storedColumns})`);
  }
}

/** A slot as `pg_replication_slots` lists it. */
interface FoundSlot {
  readonly confirmed: Lsn;
  /** The process that reads the slot. */
  readonly active: string | undefined;
  readonly lost: boolean;
  /** The slot's database, when that is not this one. */
  readonly database: string | undefined;
}

async function findSlot(client: Client, slot: string): Promise<FoundSlot | undefined> {
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT confirmed_flush_lsn::text AS confirmed, active_pid::text AS active,
       (coalesce(wal_status, '') = 'lost' OR plugin <> 'pgoutput')::text AS lost,
       nullif(database, current_database())::text AS database
     FROM pg_replication_slots WHERE slot_name = ${escapeLiteral(slot)}`,
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    confirmed: parseLsn(row.confirmed ?? "0/0"),
    active: row.active ?? undefined,
    lost: row.lost === "true",
    database: row.database ?? undefined,
  };
}

/** The first column of the first row, as text. Replication connections speak only Postgres' simple query protocol. */
async function value(client: Client, sql: string): Promise<string> {
  const { rows } = await client.query<Record<string, unknown>>(sql);
  const first = Object.values(rows[0] ?? {})[0];
  return typeof first === "string" ? first : String(first ?? "");
}
