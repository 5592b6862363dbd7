import { quoteTable } from "../catalog/identifiers.ts";
import type { Cell } from "../replication/pgoutput.ts";
import type { Snapshot } from "./visibility.ts";

// The JSON of log messages, written by hand: this is the hot path, and answers are made of these texts.

/** Between the messages of a log. JSON has no line breaks of its own, so that logs can be taken apart again. */
export const SEPARATOR = ",\n";

/** The messages of a part of a log. */
export const splitMessages = (part: Buffer): string[] => part.toString().split(SEPARATOR);

/** A change of one row of a shape, ready but for the end of its headers, which says whether it is the last one. */
export type Message = { op: number; head: string; tail: string };

export function finish(message: Message, last: boolean): string {
  return last ? `${message.head},"last":true${message.tail}` : message.head + message.tail;
}

/** Names a row: `"public"."issues"/"1"`, with one part per column of the key. */
export function rowKey(prefix: string, values: Cell[]): string {
  let key = prefix;
  for (const value of values) {
    key += value === null || value === undefined ? "/_" : `/"${value.replaceAll("/", "//")}"`;
  }
  return key;
}

export const keyPrefix = (table: { schema: string; name: string }) => quoteTable(table);

/** `{"a":"1","b":null}` of the columns at `indexes`. */
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

export const upToDate = (lsn: number) =>
  `{"headers":{"control":"up-to-date","global_last_seen_lsn":"${lsn}"}}`;

export const MUST_REFETCH = '[{"headers":{"control":"must-refetch"}}]';

export function snapshotEnd(snapshot: Snapshot): string {
  const { xmin, xmax, xip } = snapshot;
  return JSON.stringify({ headers: { control: "snapshot-end", xmin, xmax, xip_list: xip } });
}
