import { keyPrefix, type Message, rowJson, rowKey } from "../log/messages.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Definition } from "./definition.ts";

/** One change of a row, as the stream has it, in the order of the relation's columns. */
export type RowEvent =
  | { operation: "insert"; new: Cell[] }
  | { operation: "update"; old: Cell[]; new: Cell[] }
  | { operation: "delete"; old: Cell[] };

/** What a change is to a shape, by whether that shows the old and the new row. */
export function eventOf(old: Cell[] | null, now: Cell[] | null, was: boolean, is: boolean): RowEvent | null {
  if (was && old && is && now) return { operation: "update", old, new: now };
  if (was && old) return { operation: "delete", old };
  if (is && now) return { operation: "insert", new: now };
  return null;
}

/** Further headers of messages, as `,"name":value` texts. */
export type ExtraHeaders = {
  of(row: Cell[]): string;
  ofUpdate(old: Cell[], now: Cell[]): string;
  /** Of the deletion of a row that gets another key. */
  ofKeyChange(old: Cell[], now: Cell[]): string;
  /** True when clients must be told of an update for these headers alone. */
  differ(old: Cell[], now: Cell[]): boolean;
};

/**
 * Turns changes of one relation into the messages of one kind of shape: those with the same columns and `replica`.
 * Partitions are relations of their own: their rows are named after them, as Electric does.
 */
export class Projection {
  readonly #selected: number[];
  readonly #keyIndexes: number[];
  /** What an update always says, and a delete says in default mode. */
  readonly #keyColumns: number[];
  readonly #names: string[];
  readonly #prefix: string;
  readonly #relation: string;
  readonly #full: boolean;
  /** The table has no primary key: every column names the row. */
  readonly #keyless: boolean;

  constructor(definition: Definition, relation: Relation, pk: string[]) {
    const all = relation.columns.map((_, i) => i);
    const named = new Set(definition.columns.map((column) => column.name));
    // columns that were renamed or added since are shown where neither a list nor a condition had the shape's looked at
    const every = definition.selectsAll && !definition.where;
    this.#selected = every ? all : all.filter((i) => named.has(nameAt(relation, i)));
    const keys = pk.map((name) => relation.columns.findIndex((column) => column.name === name));
    this.#keyless = keys.length === 0 || keys.includes(-1);
    this.#keyIndexes = this.#keyless ? all : keys;
    this.#keyColumns = this.#keyless ? this.#selected : this.#selected.filter((i) => keys.includes(i));
    this.#names = relation.columns.map((column) => JSON.stringify(column.name));
    this.#prefix = keyPrefix(relation);
    this.#relation = JSON.stringify([definition.table.schema, definition.table.name]);
    this.#full = definition.replica === "full";
  }

  /** The messages of a change; none when nothing that is shown changed. `extra` is asked for old and new rows. */
  messages(event: RowEvent, lsn: number, xid: number, op: number, extra: ExtraHeaders = NONE): Message[] {
    switch (event.operation) {
      case "insert":
        return [this.#insert(event.new, lsn, xid, op, "", extra.of(event.new))];
      case "delete":
        return [this.#delete(event.old, lsn, xid, op, "", extra.of(event.old))];
      case "update":
        return this.#update(event.old, event.new, lsn, xid, op, extra);
    }
  }

  #update(old: Cell[], now: Cell[], lsn: number, xid: number, op: number, extra: ExtraHeaders): Message[] {
    const changed = this.#selected.filter((i) => old[i] !== now[i]);
    const keyChanged = this.#keyIndexes.some((i) => old[i] !== now[i]);
    if (changed.length === 0 && !extra.differ(old, now)) return [];
    if (keyChanged) {
      const from = `,"key_change_from":${JSON.stringify(this.#key(old))}`;
      const to = `,"key_change_to":${JSON.stringify(this.#key(now))}`;
      return [
        this.#delete(old, lsn, xid, op, to, extra.ofKeyChange(old, now)),
        this.#insert(now, lsn, xid, op + 1, from, extra.of(now)),
      ];
    }
    const headers = this.#headers("update", lsn, xid, op) + extra.ofUpdate(old, now);
    const columns = this.#full
      ? this.#selected
      : this.#selected.filter((i) => changed.includes(i) || this.#keyColumns.includes(i));
    const before = this.#full ? `,"old_value":${rowJson(this.#names, old, changed)}` : "";
    return [this.#message(op, headers, now, columns, before)];
  }

  #insert(row: Cell[], lsn: number, xid: number, op: number, change: string, extra: string): Message {
    return this.#message(op, this.#headers("insert", lsn, xid, op) + change + extra, row, this.#selected, "");
  }

  #delete(row: Cell[], lsn: number, xid: number, op: number, change: string, extra: string): Message {
    const columns = this.#full || this.#keyless ? this.#selected : this.#keyColumns;
    return this.#message(op, this.#headers("delete", lsn, xid, op) + change + extra, row, columns, "");
  }

  #headers(operation: string, lsn: number, xid: number, op: number): string {
    const place = `"lsn":"${lsn}","op_position":${op},"txids":[${xid}]`;
    return `{"headers":{"operation":"${operation}","relation":${this.#relation},${place}`;
  }

  #message(op: number, head: string, row: Cell[], columns: number[], before: string): Message {
    const key = JSON.stringify(this.#key(row));
    return { op, head, tail: `},"key":${key},"value":${rowJson(this.#names, row, columns)}${before}}` };
  }

  #key(row: Cell[]): string {
    return rowKey(
      this.#prefix,
      this.#keyIndexes.map((i) => row[i]),
    );
  }
}

const NONE: ExtraHeaders = { of: () => "", ofUpdate: () => "", ofKeyChange: () => "", differ: () => false };

function nameAt(relation: Relation, i: number): string {
  return relation.columns[i]?.name ?? "";
}
