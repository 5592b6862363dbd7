import type { Lsn } from "../postgres/lsn.ts";
import { MessageReader } from "./message-reader.ts";
import { ProtocolError } from "./protocol-error.ts";

// The messages of Postgres' pgoutput plugin, protocol version 1:
// https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html

/** A value as Postgres prints it; null is SQL NULL, undefined an unchanged TOAST value that was not sent. */
export type Cell = string | null | undefined;

/** A table as a relation message describes it. */
export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: { readonly name: string; readonly typeOid: number; readonly typmod: number }[];
  /** REPLICA IDENTITY FULL: updates and deletes carry the whole old row. */
  readonly full: boolean;
}

export interface Begin {
  readonly tag: "begin";
  /** Where the transaction commits. */
  readonly lsn: Lsn;
  readonly xid: number;
}

export interface Commit {
  readonly tag: "commit";
  /** Where the WAL goes on behind the transaction. */
  readonly endLsn: Lsn;
}

export interface RowChange {
  readonly tag: "insert" | "update" | "delete";
  readonly oid: number;
  /** The old row; complete only under REPLICA IDENTITY FULL. */
  readonly old: Cell[] | null;
  readonly new: Cell[] | null;
}

export interface Truncate {
  readonly tag: "truncate";
  readonly oids: number[];
}

export type Message =
  | Begin
  | Commit
  | ({ readonly tag: "relation" } & Relation)
  | RowChange
  | Truncate
  | { readonly tag: "other" };

/**
 * Decodes one pgoutput message, `at` being the position of its tag; the message ends with the buffer.
 *
 * @param wanted says whether the rows of a table must be decoded; changes of other tables come without rows.
 * @throws ProtocolError when the bytes are not exactly one message.
 */
export function decodeMessage(buffer: Buffer, at: number, wanted: (oid: number) => boolean): Message {
  const reader = new MessageReader(buffer, at);
  const message = decode(reader, wanted);
  reader.expectEnd();
  return message;
}

function decode(reader: MessageReader, wanted: (oid: number) => boolean): Message {
  const tag = reader.int8();
  switch (tag) {
    case 0x42: // B
      return begin(reader);
    case 0x43: // C
      return commit(reader);
    case 0x52: // R
      return relation(reader);
    case 0x49: // I
      return rowChange("insert", reader, wanted);
    case 0x55: // U
      return rowChange("update", reader, wanted);
    case 0x44: // D
      return rowChange("delete", reader, wanted);
    case 0x54: // T
      return truncate(reader);
    case 0x4f: // O
      return origin(reader);
    case 0x59: // Y
      return type(reader);
    case 0x4d: // M
      return logicalMessage(reader);
    default:
      throw new ProtocolError(`A message has the unknown tag ${tag}.`);
  }
}

function begin(reader: MessageReader): Begin {
  const lsn = reader.lsn();
  reader.skip(8); // the time of the commit
  return { tag: "begin", lsn, xid: reader.uint32() };
}

function commit(reader: MessageReader): Commit {
  reader.skip(1 + 8); // flags, the position of the commit
  const endLsn = reader.lsn();
  reader.skip(8); // the time of the commit
  return { tag: "commit", endLsn };
}

function relation(reader: MessageReader): Message {
  const oid = reader.uint32();
  const schema = reader.text() || "pg_catalog";
  const name = reader.text();
  const identity = reader.oneOf("replica identity", replicaIdentities);
  const columns = Array.from({ length: reader.uint16() }, () => {
    reader.oneOf("column flag", columnFlags);
    return { name: reader.text(), typeOid: reader.uint32(), typmod: reader.int32() };
  });
  return { tag: "relation", oid, schema, name, columns, full: identity === identityFull };
}

const identityFull = 0x66; // f
const replicaIdentities = [0x64, identityFull, 0x69, 0x6e]; // d(efault), f(ull), i(ndex), n(othing)
const columnFlags = [0, 1]; // 1: part of the replica identity

const newRow = 0x4e; // N
const oldKey = 0x4b; // K
const oldRow = 0x4f; // O

function rowChange(
  tag: RowChange["tag"],
  reader: MessageReader,
  wanted: (oid: number) => boolean,
): RowChange {
  const oid = reader.uint32();
  if (!wanted(oid)) {
    reader.skipRest();
    return { tag, oid, old: null, new: null };
  }
  switch (tag) {
    case "insert":
      reader.oneOf("part of an insert", [newRow]);
      return { tag, oid, old: null, new: cells(reader) };
    case "delete":
      reader.oneOf("part of a delete", [oldKey, oldRow]);
      return { tag, oid, old: cells(reader), new: null };
    case "update":
      return { tag, oid, ...updatedRows(reader) };
  }
}

function updatedRows(reader: MessageReader): { old: Cell[] | null; new: Cell[] } {
  const part = reader.oneOf("part of an update", [newRow, oldKey, oldRow]);
  if (part === newRow) return { old: null, new: cells(reader) };
  const old = cells(reader);
  reader.oneOf("part of an update", [newRow]);
  const now = cells(reader);
  if (now.length !== old.length) throw new ProtocolError("An update changes the number of columns.");
  return { old, new: now };
}

const nullCell = 0x6e; // n
const unchangedCell = 0x75; // u
const textCell = 0x74; // t

/** The values of a row. */
function cells(reader: MessageReader): Cell[] {
  const row: Cell[] = [];
  for (let left = reader.uint16(); left > 0; left--) {
    const kind = reader.int8();
    if (kind === textCell) row.push(reader.value());
    else if (kind === nullCell) row.push(null);
    else if (kind === unchangedCell) row.push(undefined);
    else throw new ProtocolError(`A row holds a value of the unknown kind ${kind}.`);
  }
  return row;
}

function truncate(reader: MessageReader): Truncate {
  const count = reader.uint32();
  reader.skip(1); // options: cascade, restart identity
  reader.expectRest(count * 4);
  return { tag: "truncate", oids: Array.from({ length: count }, () => reader.uint32()) };
}

const other: Message = { tag: "other" };

/** Where a transaction was first committed, when it came from another server. */
function origin(reader: MessageReader): Message {
  reader.lsn();
  reader.text();
  return other;
}

/** The name of a type that is not built in. */
function type(reader: MessageReader): Message {
  reader.skip(4); // oid
  reader.text(); // schema
  reader.text(); // name
  return other;
}

/** What a client has sent with pg_logical_emit_message. */
function logicalMessage(reader: MessageReader): Message {
  reader.oneOf("flag of a message", [0, 1]);
  reader.lsn();
  reader.text(); // prefix
  reader.skip(reader.uint32());
  return other;
}
