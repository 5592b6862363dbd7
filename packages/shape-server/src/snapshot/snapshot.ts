import { closeSync, openSync, writeSync } from "node:fs";
import type { Pool, PoolClient } from "pg";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import type { TableColumn } from "../catalog/table.ts";
import type { Definition } from "../definition/definition.ts";
import { PAGE_BYTES } from "../log/log-index.ts";
import { SEPARATOR, snapshotEnd } from "../log/messages.ts";
import { parseSnapshot, type Snapshot } from "../log/visibility.ts";
import { CopyJson } from "./copy-json.ts";
import { CopyRows } from "./copy-rows.ts";
import { SnapshotError, type SnapshotPages } from "./snapshot-pages.ts";

/** How a snapshot selects the rows of a shape. */
export type SnapshotQuery = {
  /** The condition as SQL, or null for all rows. */
  where: string | null;
  /** Further headers of each row: their names, and SQL for their JSON. */
  headers: { name: string; sql: string }[];
  /** What else is to be read in the same transaction, before the rows. */
  prepare?: (client: PoolClient) => Promise<void>;
};

/** Written to the file in pieces of about this size. */
const PIECE_BYTES = 128 * 1024;
const SNAPSHOT_ATTEMPTS = 50;

/**
 * Takes the snapshot of a shape and writes its pages, as one transaction that sees one state of the database.
 *
 * @param accept is given what the snapshot saw, before any row is read. When it returns false the snapshot came too
 *   early, and another one is taken.
 */
export async function takeSnapshot(
  pool: Pool,
  definition: Definition,
  query: SnapshotQuery,
  pages: SnapshotPages,
  accept: (snapshot: Snapshot) => boolean,
): Promise<void> {
  const client = await pool.connect();
  const writer = new PageWriter(pages);
  let broken = true;
  try {
    const snapshot = await begin(client, accept);
    await query.prepare?.(client);
    if (definition.log === "full") {
      const converter = new CopyJson(
        definition.table,
        definition.columns,
        query.headers.map((header) => header.name),
      );
      const rows = new CopyRows(`COPY (${selectRows(definition, query)}) TO STDOUT`, (chunk, start, end) => {
        if (pages.isAbandoned) throw new SnapshotError("The shape ended while its snapshot was taken.");
        converter.row(chunk, start, end);
        if (converter.length >= PIECE_BYTES || writer.isFullWith(converter)) writer.write(converter);
      });
      client.query(rows);
      await rows.finished;
      writer.write(converter);
    }
    await client.query("COMMIT");
    broken = false;
    writer.end(snapshotEnd(snapshot));
  } finally {
    writer.close();
    // a session in an unknown state is not used again
    client.release(broken);
  }
}

/** Opens a transaction whose snapshot is accepted, and tells what it sees. */
export async function begin(client: PoolClient, accept: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  for (let attempt = 0; attempt < SNAPSHOT_ATTEMPTS; attempt++) {
    const results: unknown = await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_current_snapshot()::text AS value;
       SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text AS value`,
    );
    const [seen, lsn] = valuesOf(results);
    const snapshot = parseSnapshot(seen ?? "", Number(lsn));
    if (accept(snapshot)) return snapshot;
    await client.query("ROLLBACK");
    await new Promise((resolve) => setTimeout(resolve, 1 + attempt));
  }
  throw new SnapshotError("No snapshot shows what the replication stream has sent already.");
}

/** The query for the rows of a shape. */
function selectRows(definition: Definition, query: SnapshotQuery): string {
  const columns = [
    ...definition.columns.map(selectColumn),
    ...query.headers.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`),
  ];
  const where = query.where === null ? "" : ` WHERE ${query.where}`;
  return `SELECT ${columns.join(", ")} FROM ${quoteTable(definition.table)}${where}`;
}

/**
 * Electric casts the values of snapshots to text, all but those of `char(n)` itself. Where that is more than the type's
 * own text the log differs: booleans are `true` there and `t` here, addresses have their `/32`, and domains over
 * `char(n)` lose the spaces at their end.
 */
export function selectColumn(column: TableColumn): string {
  const name = quoteIdentifier(column.name);
  const base = column.baseTypeName ?? column.typeName;
  const differs = base === "bool" || base === "inet" || (base === "bpchar" && base !== column.typeName);
  return differs ? `${name}::text AS ${name}` : name;
}

function valuesOf(results: unknown): string[] {
  const values: string[] = [];
  for (const result of Array.isArray(results) ? results : []) {
    for (const row of result.rows ?? []) if (typeof row.value === "string") values.push(row.value);
  }
  return values;
}

/**
 * Writes converted rows to page after page. The writes are synchronous: they end in the system's memory, which is
 * quicker than handing them to a thread.
 */
class PageWriter {
  readonly #pages: SnapshotPages;
  #file: number | null = null;
  #bytesInPage = 0;

  constructor(pages: SnapshotPages) {
    this.#pages = pages;
  }

  /** What has been converted ends the page. */
  isFullWith(converter: CopyJson): boolean {
    return this.#bytesInPage + converter.messageBytes >= PAGE_BYTES;
  }

  /** Writes what has been converted; ends the page when it is full. */
  write(converter: CopyJson): void {
    if (converter.length === 0) return;
    this.#bytesInPage += converter.messageBytes;
    this.#append(converter.bytes);
    converter.clear();
    if (this.#bytesInPage >= PAGE_BYTES) this.#finish(false);
  }

  /** Writes the last message, and ends the last page. */
  end(message: string): void {
    this.#append(Buffer.from(message));
    this.#finish(true);
  }

  /** Closes the file of a page that is not complete. */
  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #append(piece: Buffer): void {
    const started = this.#file !== null;
    this.#file ??= openSync(this.#pages.path(this.#pages.ready), "w");
    if (started) writeSync(this.#file, SEPARATOR);
    for (let at = 0; at < piece.length; ) at += writeSync(this.#file, piece, at);
  }

  #finish(last: boolean): void {
    this.close();
    this.#bytesInPage = 0;
    this.#pages.add(last);
  }
}
