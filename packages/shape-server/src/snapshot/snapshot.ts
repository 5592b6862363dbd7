import { closeSync, openSync, writeSync } from "node:fs";
import type { Pool, PoolClient } from "pg";
import { quoteIdentifier, quoteTable } from "../catalog/identifiers.ts";
import type { TableColumn } from "../catalog/table.ts";
import type { Definition } from "../definition/definition.ts";
import { SnapshotError } from "../errors/snapshot-error.ts";
import { messageSeparator, snapshotEnd } from "../log/messages.ts";
import { type Accept, readTransaction } from "../postgres/read-transaction.ts";
import { CopyJson } from "./copy-json.ts";
import { CopyRows } from "./copy-rows.ts";
import type { SnapshotPages } from "./snapshot-pages.ts";

/** How a snapshot selects the rows of a shape. */
export interface SnapshotQuery {
  /** The condition as SQL; undefined for all rows. */
  readonly where: string | undefined;
  /** Further headers of each row: their names, and SQL for their JSON. */
  readonly headers: { readonly name: string; readonly sql: string }[];
  /** Reads what else is needed, in the same transaction and before the rows. */
  readonly prepare?: (client: PoolClient) => Promise<void>;
}

/** Rows are written to the file in pieces of about this size. */
const pieceBytes = 128 * 1024;

/**
 * Takes the snapshot of a shape, in one transaction, and writes the pages of the snapshot.
 *
 * @param accept see `readTransaction`.
 * @throws SnapshotError when no snapshot is accepted, or when the shape ends meanwhile; whatever the database throws.
 */
export async function takeSnapshot(
  pool: Pool,
  definition: Definition,
  query: SnapshotQuery,
  pages: SnapshotPages,
  accept: Accept,
): Promise<void> {
  const writer = new PageWriter(pages);
  try {
    const snapshot = await readTransaction(pool, accept, async (client, seen) => {
      await query.prepare?.(client);
      if (definition.log === "full") await copyRows(client, definition, query, writer);
      return seen;
    });
    writer.end(snapshotEnd(snapshot));
  } finally {
    writer.close();
  }
}

async function copyRows(
  client: PoolClient,
  definition: Definition,
  query: SnapshotQuery,
  writer: PageWriter,
): Promise<void> {
  const headers = query.headers.map((header) => header.name);
  const converter = new CopyJson(definition.table, definition.columns, headers);
  const rows = new CopyRows(`COPY (${selectRows(definition, query)}) TO STDOUT`, (chunk, start, end) => {
    if (writer.isAbandoned) throw new SnapshotError("The shape ended while its snapshot was taken.");
    converter.row(chunk, start, end);
    if (converter.length >= pieceBytes || writer.isFullWith(converter)) writer.write(converter);
  });
  client.query(rows);
  await rows.finished;
  writer.write(converter);
}

/** The query for the rows of a shape. */
function selectRows(definition: Definition, query: SnapshotQuery): string {
  const columns = [
    ...definition.columns.map(selectColumn),
    ...query.headers.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`),
  ];
  const where = query.where === undefined ? "" : ` WHERE ${query.where}`;
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

/**
 * Writes converted rows to page after page. The writes are synchronous: they only copy to the system's memory, which
 * takes less time than handing them to another thread.
 */
class PageWriter {
  readonly #pages: SnapshotPages;
  #file: number | undefined;
  #bytesInPage = 0;

  constructor(pages: SnapshotPages) {
    this.#pages = pages;
  }

  /** True when the shape has ended and nobody will read the pages. */
  get isAbandoned(): boolean {
    return this.#pages.isAbandoned;
  }

  /** True when the rows that are converted but not written fill the page. */
  isFullWith(converter: CopyJson): boolean {
    return this.#bytesInPage + converter.messageBytes >= this.#pages.pageBytes;
  }

  /** Writes the converted rows; ends the page when it is full. */
  write(converter: CopyJson): void {
    if (converter.length === 0) return;
    this.#bytesInPage += converter.messageBytes;
    this.#append(converter.bytes);
    converter.clear();
    if (this.#bytesInPage >= this.#pages.pageBytes) this.#finish(false);
  }

  /** Writes the last message, and ends the last page. */
  end(message: string): void {
    this.#append(Buffer.from(message));
    this.#finish(true);
  }

  /** Closes the file of a page that was not completed. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #append(piece: Buffer): void {
    const started = this.#file !== undefined;
    this.#file ??= openSync(this.#pages.path(this.#pages.ready), "w");
    if (started) writeSync(this.#file, messageSeparator);
    for (let at = 0; at < piece.length; ) at += writeSync(this.#file, piece, at);
  }

  #finish(last: boolean): void {
    this.close();
    this.#bytesInPage = 0;
    this.#pages.add(last);
  }
}
