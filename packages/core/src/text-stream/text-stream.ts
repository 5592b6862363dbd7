import { type Column, getTableColumns, getTableName, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { asServer } from "../drizzle/as-server.ts";
import { db, type Transaction } from "../drizzle/database.ts";
import { batches } from "./batches.ts";

/** A table with texts that arrive in pieces, and the table of the pieces. */
export interface TextStream {
  /** The column with the text, such as `message.text`. A text that is being written grows in the chunks instead. */
  readonly text: PgColumn;
  /** The column that says how far the text is: `streaming`, `complete` or `broken`. */
  readonly state: PgColumn;
  readonly chunks: ChunkTable;
  /** The column of the chunks that names the row of the text, such as `messageChunk.messageId`. */
  readonly of: PgColumn;
}

/** A piece of a text. `position` is the place in the text at which the piece begins, in UTF-16 units. */
type ChunkTable = PgTable & Record<"id" | "position" | "text" | "createdAt", PgColumn>;

export interface TextStreamOptions {
  /** How long pieces are gathered into one chunk, in milliseconds. Default: 50. */
  readonly interval?: number;
  /** After how long without a chunk a text counts as abandoned, in seconds. Default: 60. */
  readonly silence?: number;
}

const defaults = { interval: 50, silence: 60 } satisfies TextStreamOptions;

/**
 * Writes a text that arrives in pieces, such as the answer of an AI. Each piece travels to the pages as a small row of its
 * own. At the end, one transaction writes the whole text into its row and removes the pieces.
 *
 * When the source fails, the text so far is kept and gets the state `broken`. When this process dies, `endSilentTexts`
 * does the same. A second call for the same row goes on behind the text that is there.
 *
 * @param id the row of the text, which must exist
 * @param write gets the text that an earlier writer has left, "" for a new text, and gives what follows
 * @returns the whole text
 * @throws when there is no such row, while another writer is at work, when the row goes or another writer takes over
 *   meanwhile, and what the source throws
 */
export async function streamText(
  stream: TextStream,
  id: string,
  write: (soFar: string) => AsyncIterable<string>,
  { interval = defaults.interval, silence = defaults.silence }: TextStreamOptions = {},
): Promise<string> {
  const { table } = namesOf(stream);
  let text = await asServer(`beginning of a text in ${table}`, (tx) => begin(tx, stream, id, silence));
  try {
    for await (const batch of batches(write(text), interval)) {
      await addChunk(stream, id, text.length, batch);
      text += batch;
    }
  } catch (error) {
    if (!(error instanceof TextTakenError)) {
      await asServer(`broken text in ${table}`, (tx) => fold(tx, stream, id, "broken"));
    }
    throw error;
  }
  await asServer(`end of a text in ${table}`, (tx) => fold(tx, stream, id, "complete"));
  return text;
}

/**
 * Ends the texts whose writers have died: keeps the text so far and sets the state to `broken`. For a job that runs every
 * few minutes.
 *
 * @returns how many texts were ended
 */
export async function endSilentTexts(
  stream: TextStream,
  { silence = defaults.silence }: Pick<TextStreamOptions, "silence"> = {},
): Promise<number> {
  const { table, id, state } = namesOf(stream);
  return asServer(`end of silent texts in ${table}`, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql`select ${id} as id from ${stream.text.table} where ${state} = 'streaming'
        and ${lastSign(stream)} < ${secondsAgo(silence)} for update`,
    );
    for (const row of rows) await fold(tx, stream, row.id, "broken");
    return rows.length;
  });
}

/** Another writer has the text, or the row of the text is gone. */
export class TextTakenError extends Error {
  override name = "TextTakenError";
}

/** Claims the text and folds what an earlier writer has left. Returns the text so far. */
async function begin(tx: Transaction, stream: TextStream, id: string, silence: number): Promise<string> {
  const { table, id: key, state } = namesOf(stream);
  const { rows } = await tx.execute<{ taken: boolean }>(
    sql`select ${state} = 'streaming' and exists (select from ${stream.chunks} where ${stream.of} = ${key})
        and ${lastSign(stream)} > ${secondsAgo(silence)} as taken
      from ${stream.text.table} where ${key} = ${id} for update`,
  );
  if (!rows[0]) throw new TextTakenError(`There is no row ${id} in ${table}.`);
  if (rows[0].taken) throw new TextTakenError(`Another writer is at work on ${id} in ${table}.`);
  return fold(tx, stream, id, "streaming");
}

/**
 * Adds one chunk. The same place in the text gives the same id, so that of two writers only one can write there. The lock
 * makes the statement wait for a fold, and see the state that the fold has set.
 */
async function addChunk(stream: TextStream, id: string, position: number, text: string): Promise<void> {
  const { table, id: key, state } = namesOf(stream);
  const { chunks, of } = stream;
  const columns = sql.join([chunks.id, of, chunks.position, chunks.text].map(bare), sql`, `);
  const { rowCount } = await db.execute(
    sql`insert into ${chunks} (${columns})
      select md5(${key} || ':' || ${position}::text)::uuid, ${key}, ${position}::integer, ${text}::text
      from ${stream.text.table} where ${key} = ${id} and ${state} = 'streaming' for key share
      on conflict do nothing`,
  );
  if (rowCount !== 1)
    throw new TextTakenError(`The text of ${id} in ${table} is no longer being written here.`);
}

/** Moves the chunks into the text and sets the state. Returns the text. */
async function fold(
  tx: Transaction,
  stream: TextStream,
  id: string,
  state: "streaming" | "complete" | "broken",
): Promise<string> {
  const { id: key, updatedAt } = namesOf(stream);
  const { chunks, of, text } = stream;
  // A chunk waits for this lock, so no chunk can come between the two statements.
  await tx.execute(sql`select from ${text.table} where ${key} = ${id} for update`);
  const added = sql`coalesce((select string_agg(${chunks.text}, '' order by ${chunks.position})
    from ${chunks} where ${of} = ${key}), '')`;
  const { rows } = await tx.execute<{ text: string }>(
    sql`update ${text.table} set ${bare(text)} = ${text} || ${added}, ${bare(stream.state)} = ${state},
      ${bare(updatedAt)} = clock_timestamp() where ${key} = ${id} returning ${text} as text`,
  );
  await tx.execute(sql`delete from ${chunks} where ${of} = ${id}`);
  return rows[0]?.text ?? "";
}

/** When a writer was last seen at work on a row. */
function lastSign(stream: TextStream): SQL {
  const { id, updatedAt } = namesOf(stream);
  const { chunks, of } = stream;
  return sql`greatest(${updatedAt}, (select max(${chunks.createdAt}) from ${chunks} where ${of} = ${id}))`;
}

function secondsAgo(seconds: number): SQL {
  return sql`clock_timestamp() - make_interval(secs => ${seconds})`;
}

/** The name of a column without its table, for the left side of a `set`. */
function bare(column: Column): SQL {
  return sql`${sql.identifier(column.name)}`;
}

function namesOf({ text, state }: TextStream) {
  const { id, updatedAt } = getTableColumns(text.table);
  if (!id || !updatedAt) throw new Error("The table of a streamed text needs the columns id and updatedAt.");
  return { table: getTableName(text.table), id, updatedAt, state };
}
