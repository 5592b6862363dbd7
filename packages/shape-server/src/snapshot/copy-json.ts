import { keyColumnsOf, type TableColumn } from "../catalog/table.ts";
import { keyPrefix, rowKey, SEPARATOR } from "../log/messages.ts";

// Turns the text format of COPY into JSON messages without making a string of each value:
// https://www.postgresql.org/docs/current/sql-copy.html (File Formats, Text Format)

const TAB = 0x09;
const QUOTE = 0x22;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const SEPARATOR_BYTES = Buffer.from(SEPARATOR);
const NULL = Buffer.from("null");
const INITIAL_BYTES = 64 * 1024;

/** Columns behind the shape's own whose text becomes a header of the message, as it is. */
export type HeaderColumns = string[];

/** Converts rows as they arrive, into one buffer that is used again and again. */
export class CopyJson {
  readonly #columnHeads: Buffer[];
  readonly #keyColumns: number[];
  readonly #keyHead: Buffer;
  readonly #headerHeads: Buffer[];
  readonly #end: Buffer;
  readonly #prefix: string;
  readonly #columns: number;
  /** At most so many bytes of a row are not values. */
  readonly #fixedBytes: number;
  #out = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;
  /** Of the row at hand: where each field starts and ends, and whether it needs care. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #special: Uint8Array;
  /** Rows converted since the last `clear`. */
  rows = 0;

  constructor(
    table: { schema: string; name: string; pk: string[] },
    columns: TableColumn[],
    headers: HeaderColumns,
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

  /** Bytes converted since the last `clear`. */
  get length(): number {
    return this.#length;
  }

  /** The same without what separates the messages. */
  get messageBytes(): number {
    return this.#length - Math.max(0, this.rows - 1) * SEPARATOR.length;
  }

  /** What was converted since the last `clear`: messages joined by commas. It is overwritten by what comes next. */
  get bytes(): Buffer {
    return this.#out.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    this.rows = 0;
  }

  /** Converts one row: `data` from `start` to `end`. */
  row(data: Buffer, start: number, end: number): void {
    this.#split(data, start, end);
    this.#reserve(this.#fixedBytes + this.#valueBytes());
    if (this.rows++ > 0) this.#copy(SEPARATOR_BYTES);
    const shown = this.#columnHeads.length;
    for (let i = 0; i < shown; i++) {
      this.#copy(this.#columnHeads[i] ?? NULL);
      this.#value(data, i);
    }
    this.#copy(this.#keyHead);
    for (const i of this.#keyColumns) this.#keyPart(data, i);
    this.#copy(this.#end);
    for (let i = 0; i < this.#headerHeads.length; i++) {
      this.#copy(this.#headerHeads[i] ?? NULL);
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
      if (byte === TAB) {
        this.#ends[field] = i;
        this.#special[field] = special;
        special = 0;
        field++;
        this.#starts[field] = i + 1;
      } else if (byte === BACKSLASH || byte === QUOTE || byte < 0x20) special = 1;
    }
    this.#ends[field] = end;
    this.#special[field] = special;
  }

  #value(data: Buffer, i: number): void {
    const start = this.#start(i);
    const end = this.#stop(i);
    if (this.#isNull(data, i)) this.#copy(NULL);
    else if (this.#special[i] === 1) {
      this.#length += this.#out.write(JSON.stringify(fieldText(data, start, end)), this.#length);
    } else {
      this.#out[this.#length++] = QUOTE;
      this.#copyRange(data, start, end);
      this.#out[this.#length++] = QUOTE;
    }
  }

  /** A part of the key inside a JSON string: `/\"…\"`. */
  #keyPart(data: Buffer, i: number): void {
    const start = this.#start(i);
    const end = this.#stop(i);
    if (this.#isNull(data, i) || this.#special[i] === 1 || data.subarray(start, end).includes(SLASH)) {
      const value = this.#isNull(data, i) ? null : fieldText(data, start, end);
      const part = JSON.stringify(rowKey("", [value])).slice(1, -1);
      this.#length += this.#out.write(part, this.#length);
      return;
    }
    this.#out[this.#length++] = SLASH;
    this.#out[this.#length++] = BACKSLASH;
    this.#out[this.#length++] = QUOTE;
    this.#copyRange(data, start, end);
    this.#out[this.#length++] = BACKSLASH;
    this.#out[this.#length++] = QUOTE;
  }

  #start(i: number): number {
    return this.#starts[i] ?? 0;
  }

  #stop(i: number): number {
    return this.#ends[i] ?? 0;
  }

  #isNull(data: Buffer, i: number): boolean {
    const start = this.#start(i);
    return this.#stop(i) - start === 2 && data[start] === BACKSLASH && data[start + 1] === 0x4e;
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

  /** At most so many bytes are written for the values of the row at hand. */
  #valueBytes(): number {
    let bytes = 0;
    // a control character becomes six bytes, a slash in a key two
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

const ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** The value that a field of COPY's text format stands for. */
function fieldText(data: Buffer, start: number, end: number): string {
  const text = data.toString("utf8", start, end);
  return text.includes("\\") ? text.replace(/\\(.)/gs, (_, c: string) => ESCAPES[c] ?? c) : text;
}
