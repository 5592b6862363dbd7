import { keyColumnsOf } from "../catalog/table.ts";
import { keyPrefix, type Message, rowJson, rowKey } from "../log/messages.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Definition } from "./definition.ts";

/** One change of a row of a shape. The cells are in the order of the relation's columns. */
export type RowEvent =
  | { operation: "insert"; new: Cell[] }
  | { operation: "update"; old: Cell[]; new: Cell[] }
  | { operation: "delete"; old: Cell[] };

/**
 * What a change of a row from `old` to `now` is to a shape: null when the shape shows neither row.
 *
 * @param was whether the shape shows the old row.
 * @param is whether the shape shows the new row.
 */
export function eventOf(old: Cell[] | null, now: Cell[] | null, was: boolean, is: boolean): RowEvent | null {
  if (was && old && is && now) return { operation: "update", old, new: now };
  if (was && old) return { operation: "delete", old };
  if (is && now) return { operation: "insert", new: now };
  return null;
}

/** Further headers of messages, each method giving them as text: `,"name":value`. */
export interface ExtraHeaders {
  /** The headers of a message that inserts or deletes `row`. */
  of(row: Cell[]): string;
  ofUpdate(old: Cell[], now: Cell[]): string;
  /** The headers of the message that deletes a row because its key changes. */
  ofKeyChange(old: Cell[], now: Cell[]): string;
  /** True when these headers alone make an update worth a message. */
  differ(old: Cell[], now: Cell[]): boolean;
}

/** Where a change stands in the log: the commit LSN and the id of its transaction, and its number in the transaction. */
interface Place {
  readonly lsn: number;
  readonly xid: number;
  readonly op: number;
}

/**
 * Turns the changes of one relation into the messages of the shapes that have the same columns and the same `replica`.
 * A partition is a relation of its own: the keys of its rows carry the partition's name, as with Electric.
 */
export class Projection {
  /** The numbers of the columns that messages show … */
  readonly #selected: number[];
  /** … of the columns whose values are the key of a row … */
  readonly #keyIndexes: number[];
  /** … and of the columns that an update shows even when they have not changed, and a delete in default mode. */
  readonly #keyColumns: number[];
  readonly #names: string[];
  readonly #prefix: string;
  readonly #relation: string;
  readonly #full: boolean;
  readonly #keyless: boolean;

  /** @param pk the names of the primary key's columns; empty when the table has no primary key. */
  constructor(definition: Definition, relation: Relation, pk: string[]) {
    const { columns } = relation;
    const indexOf = (name: string) => columns.findIndex((column) => column.name === name);
    const named = new Set(definition.columns.map((column) => column.name));
    // A shape with neither a list of columns nor a condition shows renamed and new columns at once, as with Electric.
    const showsAll = definition.selectsAll && !definition.where;
    this.#selected = [...columns.keys()].filter((i) => showsAll || named.has(columns[i]?.name ?? ""));
    const key = pk.every((name) => indexOf(name) >= 0) ? pk : [];
    this.#keyless = key.length === 0;
    this.#keyIndexes = keyColumnsOf({ pk: key, columns }).map(indexOf);
    this.#keyColumns = this.#selected.filter((i) => this.#keyIndexes.includes(i));
    this.#names = columns.map((column) => JSON.stringify(column.name));
    this.#prefix = keyPrefix(relation);
    this.#relation = JSON.stringify([definition.table.schema, definition.table.name]);
    this.#full = definition.replica === "full";
  }

  /**
   * The messages of a change: two when the key changes, none when nothing changes that the shape shows.
   *
   * @param extra gives further headers for the messages.
   */
  messages(event: RowEvent, place: Place, extra: ExtraHeaders = none): Message[] {
    switch (event.operation) {
      case "insert":
        return [this.#insert(event.new, place, extra.of(event.new))];
      case "delete":
        return [this.#delete(event.old, place, extra.of(event.old))];
      case "update":
        return this.#update(event.old, event.new, place, extra);
    }
  }

  #update(old: Cell[], now: Cell[], place: Place, extra: ExtraHeaders): Message[] {
    const changed = this.#selected.filter((i) => old[i] !== now[i]);
    if (changed.length === 0 && !extra.differ(old, now)) return [];
    if (this.#keyIndexes.some((i) => old[i] !== now[i])) {
      const from = `,"key_change_from":${JSON.stringify(this.#key(old))}`;
      const to = `,"key_change_to":${JSON.stringify(this.#key(now))}`;
      return [
        this.#delete(old, place, to + extra.ofKeyChange(old, now)),
        this.#insert(now, { ...place, op: place.op + 1 }, from + extra.of(now)),
      ];
    }
    const columns = this.#full
      ? this.#selected
      : this.#selected.filter((i) => changed.includes(i) || this.#keyColumns.includes(i));
    const before = this.#full ? `,"old_value":${rowJson(this.#names, old, changed)}` : "";
    return [this.#message("update", place, extra.ofUpdate(old, now), now, columns, before)];
  }

  #insert(row: Cell[], place: Place, extra: string): Message {
    return this.#message("insert", place, extra, row, this.#selected);
  }

  #delete(row: Cell[], place: Place, extra: string): Message {
    const columns = this.#full || this.#keyless ? this.#selected : this.#keyColumns;
    return this.#message("delete", place, extra, row, columns);
  }

  #message(
    operation: RowEvent["operation"],
    { lsn, xid, op }: Place,
    extra: string,
    row: Cell[],
    columns: number[],
    before = "",
  ): Message {
    const place = `"lsn":"${lsn}","op_position":${op},"txids":[${xid}]`;
    const head = `{"headers":{"operation":"${operation}","relation":${this.#relation},${place}${extra}`;
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

const none: ExtraHeaders = { of: () => "", ofUpdate: () => "", ofKeyChange: () => "", differ: () => false };
