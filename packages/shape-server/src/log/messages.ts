import { quoteTable } from "../catalog/identifiers.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { Cell } from "../replication/pgoutput.ts";

// The JSON of log messages is put together by hand, because most of the server's time is spent here. Answers consist of
// these texts.

/** Stands between the messages of a log. No JSON text holds a line break, so a log can be split into its messages. */
export const messageSeparator = ",\n";

/** Splits a part of a log into its messages. */
export const splitMessages = (part: Buffer): string[] => part.toString().split(messageSeparator);

/** A change of one row, as JSON that lacks one header: whether the message is the last of its transaction. */
export interface Message {
  /** The position in the transaction. */
  readonly op: number;
  /** The text before the missing header, and behind it. */
  readonly head: string;
  readonly tail: string;
}

/** The text of a message. */
export function finish(message: Message, last: boolean): string {
  return last ? `${message.head},"last":true${message.tail}` : message.head + message.tail;
}

/**
 * The key of a row, such as `"public"."issues"/"1"`.
 *
 * @param prefix see `keyPrefix`.
 * @param values the values of the key's columns.
 */
export function rowKey(prefix: string, values: Cell[]): string {
  let key = prefix;
  for (const value of values) {
    key += value === null || value === undefined ? "/_" : `/"${value.replaceAll("/", "//")}"`;
  }
  return key;
}

/** The part of a key that all rows of a table share. */
export const keyPrefix = (table: { schema: string; name: string }) => quoteTable(table);

/**
 * A row as JSON, such as `{"a":"1","b":null}`.
 *
 * @param names the columns' names as JSON texts.
 * @param indexes the columns to show.
 */
export function rowJson(names: string[], cells: Cell[], indexes: number[]): string {
  let json = "{";
  let separator = "";
  for (const i of indexes) {
    const cell = cells[i];
    json += `${separator}${names[i]}:${cell === null || cell === undefined ? "null" : JSON.stringify(cell)}`;
    separator = ",";
  }
  return `${json}}`;
}

/** Says that the log ends here, and that the stream has been read up to `lsn`. */
export const upToDate = (lsn: number) =>
  `{"headers":{"control":"up-to-date","global_last_seen_lsn":"${lsn}"}}`;

/** The body of an answer that sends the client back to the start. */
export const mustRefetch = '[{"headers":{"control":"must-refetch"}}]';

/** Ends a snapshot, and says which transactions the snapshot sees. */
export function snapshotEnd(snapshot: Snapshot): string {
  const { xmin, xmax, xip } = snapshot;
  return JSON.stringify({ headers: { control: "snapshot-end", xmin, xmax, xip_list: xip } });
}
