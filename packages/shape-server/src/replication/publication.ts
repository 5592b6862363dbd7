import { escapeIdentifier, escapeLiteral, type Pool, type PoolClient } from "pg";
import { quoteTable } from "../catalog/identifiers.ts";
import type { Table } from "../catalog/table.ts";
import { codeOf } from "../errors/error-code.ts";
import { UnpublishedError } from "../errors/unpublished-error.ts";
import { classOf, isSqlState, sqlState, sqlStateClass } from "../postgres/sqlstate.ts";

/** How long an attempt to publish a table waits for the table's writers. */
const lockTimeoutMs = 2_000;
const publishAttempts = 5;

/** The publication's tables. Adds a table when the first shape is made of it. */
export class Publication {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #published = new Map<number, Promise<void>>();

  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.#name = name;
  }

  /** Forgets which tables are published, since the publication may be a new one. */
  reset(): void {
    this.#published.clear();
  }

  forget(oid: number): void {
    this.#published.delete(oid);
  }

  /**
   * Makes sure that changes of the table, with whole old rows, are streamed from now on: those of every transaction
   * that a snapshot taken afterwards does not see.
   *
   * @throws UnpublishedError
   */
  ensure(table: Table): Promise<void> {
    let work = this.#published.get(table.oid);
    if (!work) {
      work = this.#publish(table).catch((error: unknown) => {
        this.#published.delete(table.oid);
        throw isRefusal(error) ? this.#refused(table, error) : error;
      });
      this.#published.set(table.oid, work);
    }
    return work;
  }

  async #publish(table: Table): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.#pool.connect();
      try {
        return await this.#publishOnce(client, table);
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {});
        if (attempt >= publishAttempts || !isLockTimeout(error)) throw error;
      } finally {
        client.release();
      }
    }
  }

  async #publishOnce(client: PoolClient, table: Table): Promise<void> {
    const { rows } = await client.query<{ published: boolean; oid: string; name: string; full: boolean }>(
      `SELECT c.oid::text, format('%I.%I', n.nspname, c.relname) AS name, c.relreplident = 'f' AS full,
         EXISTS (SELECT FROM pg_publication p WHERE p.pubname = $2
                 AND (p.puballtables OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = $1::oid))
         ) AS published
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY($3::oid[])`,
      [table.oid, this.#name, [table.oid, ...table.leaves.map((leaf) => leaf.oid)]],
    );
    const partial = rows.filter((row) => !row.full);
    const published = rows[0]?.published === true;
    if (published && partial.length === 0) return;
    // A transaction that wrote before the table was published, and commits later, would be lost to both the stream and
    // a snapshot. The lock waits for such transactions; while it is held there are no new ones.
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query(`LOCK TABLE ${quoteTable(table)} IN SHARE ROW EXCLUSIVE MODE`);
    for (const row of partial) await client.query(`ALTER TABLE ${row.name} REPLICA IDENTITY FULL`);
    if (!published) {
      // ONLY leaves out the tables that inherit from this one: to publish one of them a second time is an error.
      const only = `ONLY ${quoteTable(table)}`;
      await client.query(`ALTER PUBLICATION ${escapeIdentifier(this.#name)} ADD TABLE ${only}`);
    }
    await client.query("COMMIT");
  }

  #refused(table: Table, error: unknown): UnpublishedError {
    const reason = error instanceof Error ? error.message : String(error);
    const advice =
      codeOf(error) === sqlState.insufficientPrivilege
        ? ` The role must own it, or its owner must give it REPLICA IDENTITY FULL and add it to ${this.#name}.`
        : "";
    return new UnpublishedError(`The table ${quoteTable(table)} cannot be published: ${reason}.${advice}`, {
      cause: error,
    });
  }

  /** True when the publication exists and publishes all these tables. */
  async isIntact(oids: number[]): Promise<boolean> {
    const { rows } = await this.#pool.query<{ intact: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_publication p WHERE p.pubname = ${escapeLiteral(this.#name)} AND (p.puballtables OR
         NOT EXISTS (SELECT FROM unnest($1::oid[]) wanted(oid) JOIN pg_class c ON c.oid = wanted.oid
           WHERE NOT EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = wanted.oid)))) AS intact`,
      [oids],
    );
    return rows[0]?.intact === true;
  }
}

/** Another transaction kept the table from being locked. */
function isLockTimeout(error: unknown): boolean {
  const code = codeOf(error);
  return code === sqlState.lockNotAvailable || code === sqlState.deadlockDetected;
}

/** Postgres' refusal of a statement, as opposed to a broken connection or a server that ends. */
function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && isSqlState(code) && !passingClasses.includes(classOf(code));
}

const passingClasses: string[] = [
  sqlStateClass.connectionException,
  sqlStateClass.insufficientResources,
  sqlStateClass.operatorIntervention,
];
