import { keyColumnsOf, type TableColumn } from "../catalog/table.ts";
import { keyPrefix, messageSeparator, rowKey } from "../log/messages.ts";

// Converts the text format of COPY to JSON messages, without a string for each value:
// https://www.postgresql.org/docs/current/sql-copy.html (File Formats, Text Format)

const tab = 0x09;
const quote = 0x22;
const slash = 0x2f;
const backslash = 0x5c;
const separatorBytes = Buffer.from(messageSeparator);
const nullBytes = Buffer.from("null");
const initialBytes = 64 * 1024;

/** Converts rows to messages as they arrive, in one buffer that is used again and again. */
export class CopyJson {
  readonly #columnHeads: Buffer[];
  readonly #keyColumns: number[];
  readonly #keyHead: Buffer;
  readonly #headerHeads: Buffer[];
  readonly #end: Buffer;
  readonly #prefix: string;
  readonly #columns: number;
  /** At most this many bytes of a message are not values. */
  readonly #fixedBytes: number;
  #out = Buffer.allocUnsafe(initialBytes);
  #length = 0;
  /** Where each field of the current row starts and ends, and whether it holds characters to escape. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #special: Uint8Array;
  /** How many rows were converted since the last `clear`. */
  rows = 0;

  /**
   * @param columns the shape's columns, with which each row begins.
   * @param headers the names of the fields that follow: their text goes into the message's headers as it is.
   */
  constructor(
    table: { schema: string; name: string; pk: string[] },
    columns: TableColumn[],
    headers: string[],
  ) {
    this.#columnHeads = columns.map((column, i) =>
      Buffer.from(`${i === 0 ? '{"value":{' : ","}${JSON.stringify(column.name)}:`),
    );
    this.#keyColumns = keyColumnsOf({ pk: table.pk, columns }).map((name) =>
      columns.findIndex((column) => column.name === name),
    );
    this.#prefix = keyPrefix(table);
    this.#keyHead = Buffer.from(`},"key":${JSON.stringify(this.#prefix).slice(0, -1)}`);
    const relation = JSON.stringify([table.schema, table.name]);
    this.#headerHeads = headers.map((name) => Buffer.from(`,${JSON.stringify(name)}:`));
    this.#end = Buffer.from(`","headers":{"operation":"insert","relation":${relation}`);
    this.#columns = columns.length + headers.length;
    this.#starts = new Int32Array(this.#columns);
    this.#ends = new Int32Array(this.#columns);
    this.#special = new Uint8Array(this.#columns);
    const heads = [...this.#columnHeads, ...this.#headerHeads, this.#keyHead, this.#end];
    this.#fixedBytes = heads.reduce((sum, head) => sum + head.length + 8, 64 + this.#keyColumns.length * 8);
  }

  /** The length of the messages since the last `clear`, separators included. */
  get length(): number {
    return this.#length;
  }

  /** The length of the messages since the last `clear`, as Electric measures a page: each with a line break behind it. */
  get messageBytes(): number {
    return this.#length - Math.max(0, this.rows - 1) * messageSeparator.length + this.rows;
  }

  /** The messages since the last `clear`. The next row may overwrite these bytes. */
  get bytes(): Buffer {
    return this.#out.subarray(0, this.#length);
  }

  /** Empties the buffer. */
  clear(): void {
    this.#length = 0;
    this.rows = 0;
  }

  /** Converts one row: `data` from `start` to `end`. */
  row(data: Buffer, start: number, end: number): void {
    this.#split(data, start, end);
    this.#reserve(this.#fixedBytes + this.#valueBytes());
    if (this.rows++ > 0) this.#copy(separatorBytes);
    const shown = this.#columnHeads.length;
    for (let i = 0; i < shown; i++) {
      this.#copy(this.#columnHeads[i] ?? nullBytes);
      this.#value(data, i);
    }
    this.#copy(this.#keyHead);
    for (const i of this.#keyColumns) this.#keyPart(data, i);
    this.#copy(this.#end);
    for (let i = 0; i < this.#headerHeads.length; i++) {
      this.#copy(this.#headerHeads[i] ?? nullBytes);
      this.#length += this.#out.write(
        fieldText(data, this.#start(shown + i), this.#stop(shown + i)),
        this.#length,
      );
    }
    this.#out[this.#length++] = 0x7d;
    this.#out[this.#length++] = 0x7d;
  }

  #split(data: Buffer, start: number, end: number): void {
    let field = 0;
    let special = 0;
    this.#starts[0] = start;
    for (let i = start; i < end; i++) {
      const byte = data[i] ?? 0;
      if (byte === tab) {
        this.#ends[field] = i;
        this.#special[field] = special;
        special = 0;
        field++;
        this.#starts[field] = i + 1;
      } else if (byte === backslash || byte === quote || byte < 0x20) special = 1;
    }
    this.#ends[field] = end;
    this.#special[field] = special;
  }

  #value(data: Buffer, i: number): void {
    const start = this.#start(i);
    const end = this.#stop(i);
    if (this.#isNull(data, i)) this.#copy(nullBytes);
    else if (this.#special[i] === 1) {
      this.#length += this.#out.write(JSON.stringify(fieldText(data, start, end)), this.#length);
    } else {
      this.#out[this.#length++] = quote;
      this.#copyRange(data, start, end);
      this.#out[this.#length++] = quote;
    }
  }

  /** Writes a part of the key, inside the key's JSON string: `/\"…\"`. */
  #keyPart(data: Buffer, i: number): void {
    const start = this.#start(i);
    const end = this.#stop(i);
    if (this.#isNull(data, i) || this.#special[i] === 1 || data.subarray(start, end).includes(slash)) {
      const value = this.#isNull(data, i) ? null : fieldText(data, start, end);
      const part = JSON.stringify(rowKey("", [value])).slice(1, -1);
      this.#length += this.#out.write(part, this.#length);
      return;
    }
    this.#out[this.#length++] = slash;
    this.#out[this.#length++] = backslash;
    this.#out[this.#length++] = quote;
    this.#copyRange(data, start, end);
    this.#out[this.#length++] = backslash;
    this.#out[this.#length++] = quote;
  }

  #start(i: number): number {
    return this.#starts[i] ?? 0;
  }

  #stop(i: number): number {
    return this.#ends[i] ?? 0;
  }

  #isNull(data: Buffer, i: number): boolean {
    const start = this.#start(i);
    return this.#stop(i) - start === 2 && data[start] === backslash && data[start + 1] === 0x4e;
  }

  #copy(bytes: Buffer): void {
    this.#copyRange(bytes, 0, bytes.length);
  }

  #copyRange(from: Buffer, start: number, end: number): void {
    if (end - start > 48) {
      from.copy(this.#out, this.#length, start, end);
      this.#length += end - start;
      return;
    }
    const out = this.#out;
    let at = this.#length;
    for (let i = start; i < end; i++) out[at++] = from[i] ?? 0;
    this.#length = at;
  }

  /** At most this many bytes are written for the values of the current row. */
  #valueBytes(): number {
    let bytes = 0;
    // A control character becomes six bytes, a slash in a key two.
    for (let i = 0; i < this.#columns; i++) {
      bytes += (this.#stop(i) - this.#start(i)) * (this.#special[i] === 1 ? 6 : 1);
    }
    for (const i of this.#keyColumns) {
      bytes += (this.#stop(i) - this.#start(i)) * (this.#special[i] === 1 ? 6 : 2);
    }
    return bytes;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#length + bytes));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}

const escapes: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** The value that a field of COPY's text format stands for. */
function fieldText(data: Buffer, start: number, end: number): string {
  const text = data.toString("utf8", start, end);
  return text.includes("\\") ? text.replace(/\\(.)/gs, (_, c: string) => escapes[c] ?? c) : text;
}
