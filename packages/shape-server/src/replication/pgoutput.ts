import { type Lsn, readLsn } from "./lsn.ts";

// The messages of Postgres' pgoutput plugin, protocol version 1:
// https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html

/** A value as Postgres prints it; null is SQL NULL, undefined an unchanged TOAST value that was not sent. */
export type Cell = string | null | undefined;

/** A table as a relation message describes it. */
export type Relation = {
  oid: number;
  schema: string;
  name: string;
  columns: { name: string; typeOid: number; typmod: number }[];
  /** REPLICA IDENTITY FULL: updates and deletes carry the whole old row. */
  full: boolean;
};

export type Begin = { tag: "begin"; lsn: Lsn; xid: number };
export type Commit = { tag: "commit"; endLsn: Lsn };
export type RowChange = {
  tag: "insert" | "update" | "delete";
  oid: number;
  /** The old row; complete only under REPLICA IDENTITY FULL. */
  old: Cell[] | null;
  new: Cell[] | null;
};
export type Truncate = { tag: "truncate"; oids: number[] };
export type Message =
  | Begin
  | Commit
  | ({ tag: "relation" } & Relation)
  | RowChange
  | Truncate
  | { tag: "other" };

/** A message that does not follow the protocol: the stream cannot be trusted any more. */
export class ProtocolError extends Error {}

/**
 * Decodes one pgoutput message, `at` being the byte of its tag.
 *
 * `wanted(oid)` says whether the rows of a table are of interest; rows of other tables come without values.
 */
export function decodeMessage(buffer: Buffer, at: number, wanted: (oid: number) => boolean): Message {
  switch (buffer[at]) {
    case 0x42: // B
      return { tag: "begin", lsn: readLsn(buffer, at + 1), xid: buffer.readUInt32BE(at + 17) };
    case 0x43: // C
      return { tag: "commit", endLsn: readLsn(buffer, at + 10) };
    case 0x52: // R
      return relation(new Reader(buffer, at + 1));
    case 0x49: // I
    case 0x55: // U
    case 0x44: // D
      return rowChange(buffer, at, wanted);
    case 0x54: // T
      return truncate(new Reader(buffer, at + 1));
    default:
      // O(rigin), Y (type) and M(essage) say nothing about rows
      return { tag: "other" };
  }
}

class Reader {
  readonly buffer: Buffer;
  at: number;
  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }
  int8(): number {
    return this.buffer[this.at++] ?? 0;
  }
  int16(): number {
    this.at += 2;
    return this.buffer.readUInt16BE(this.at - 2);
  }
  int32(): number {
    this.at += 4;
    return this.buffer.readInt32BE(this.at - 4);
  }
  oid(): number {
    return this.int32() >>> 0;
  }
  text(): string {
    const end = this.buffer.indexOf(0, this.at);
    const value = this.buffer.toString("utf8", this.at, end);
    this.at = end + 1;
    return value;
  }
  cells(): Cell[] {
    const count = this.int16();
    const cells: Cell[] = new Array(count);
    for (let i = 0; i < count; i++) {
      const kind = this.int8();
      if (kind === 0x6e) cells[i] = null;
      else if (kind === 0x75) cells[i] = undefined;
      else if (kind === 0x74) {
        const length = this.int32();
        cells[i] = this.buffer.toString("utf8", this.at, this.at + length);
        this.at += length;
      } else throw new ProtocolError(`a tuple holds a value of unknown kind ${kind}`);
    }
    return cells;
  }
}

function relation(reader: Reader): Message {
  const oid = reader.oid();
  const schema = reader.text() || "pg_catalog";
  const name = reader.text();
  const full = reader.int8() === 0x66; // replica identity "f"
  const columns = Array.from({ length: reader.int16() }, () => {
    reader.int8(); // part of the replica identity
    return { name: reader.text(), typeOid: reader.oid(), typmod: reader.int32() };
  });
  return { tag: "relation", oid, schema, name, columns, full };
}

function rowChange(buffer: Buffer, at: number, wanted: (oid: number) => boolean): RowChange {
  const kind = buffer[at];
  const tag = kind === 0x49 ? "insert" : kind === 0x55 ? "update" : "delete";
  const oid = buffer.readUInt32BE(at + 1);
  if (!wanted(oid)) return { tag, oid, old: null, new: null };
  const reader = new Reader(buffer, at + 5);
  let part = reader.int8();
  let old: Cell[] | null = null;
  if (part === 0x4b || part === 0x4f) {
    old = reader.cells();
    part = tag === "update" ? reader.int8() : 0;
  }
  return { tag, oid, old, new: part === 0x4e ? reader.cells() : null };
}

function truncate(reader: Reader): Message {
  const count = reader.int32();
  reader.int8(); // options: cascade, restart identity
  return { tag: "truncate", oids: Array.from({ length: count }, () => reader.oid()) };
}
