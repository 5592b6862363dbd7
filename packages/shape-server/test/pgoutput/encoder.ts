import { writeLsn } from "../../src/postgres/lsn.ts";
import type { Cell, Message } from "../../src/replication/pgoutput.ts";

/** A number in a message that says how long something is, or how often something follows. */
export interface LengthField {
  readonly at: number;
  readonly bytes: 2 | 4;
}

/** Writes a message as Postgres' pgoutput plugin does, and notes where the message can be damaged. */
export class Encoder {
  readonly #parts: Buffer[] = [];
  #length = 0;
  readonly lengths: LengthField[] = [];
  /** The positions of the bytes that say what follows. */
  readonly tags: number[] = [];

  constructor(message: Message) {
    this.#message(message);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #message(message: Message): void {
    switch (message.tag) {
      case "begin":
        this.#tag("B");
        this.#lsn(message.lsn);
        this.#uint(0, 8);
        this.#uint(message.xid, 4);
        break;
      case "commit":
        this.#tag("C");
        this.#uint(0, 1);
        this.#lsn(message.endLsn);
        this.#lsn(message.endLsn);
        this.#uint(0, 8);
        break;
      case "relation":
        this.#relation(message);
        break;
      case "truncate":
        this.#tag("T");
        this.#lengthField(message.oids.length, 4);
        this.#uint(0, 1);
        for (const oid of message.oids) this.#uint(oid, 4);
        break;
      case "insert":
      case "update":
      case "delete":
        this.#tag({ insert: "I", update: "U", delete: "D" }[message.tag]);
        this.#uint(message.oid, 4);
        if (message.old) this.#row("O", message.old);
        if (message.new) this.#row("N", message.new);
        break;
      case "other":
        throw new Error("A message about nothing has no bytes of its own.");
    }
  }

  #relation(message: Message & { tag: "relation" }): void {
    this.#tag("R");
    this.#uint(message.oid, 4);
    this.#name(message.schema);
    this.#name(message.name);
    this.#append(Buffer.from(message.full ? "f" : "d"));
    this.#lengthField(message.columns.length, 2);
    for (const { name, typeOid, typmod } of message.columns) {
      this.#uint(1, 1);
      this.#name(name);
      this.#uint(typeOid, 4);
      this.#uint(typmod >>> 0, 4);
    }
  }

  #row(part: string, cells: Cell[]): void {
    this.#tag(part);
    this.#lengthField(cells.length, 2);
    for (const cell of cells) {
      this.#tag(cell === null ? "n" : cell === undefined ? "u" : "t");
      if (typeof cell !== "string") continue;
      const text = Buffer.from(cell);
      this.#lengthField(text.length, 4);
      this.#append(text);
    }
  }

  #append(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  #tag(letter: string): void {
    this.tags.push(this.#length);
    this.#append(Buffer.from(letter));
  }

  #lengthField(value: number, bytes: 2 | 4): void {
    this.lengths.push({ at: this.#length, bytes });
    this.#uint(value, bytes);
  }

  #name(text: string): void {
    this.#append(Buffer.from(`${text}\0`));
  }

  #lsn(lsn: number): void {
    const part = Buffer.alloc(8);
    writeLsn(part, lsn, 0);
    this.#append(part);
  }

  #uint(value: number, bytes: number): void {
    const part = Buffer.alloc(bytes);
    part.writeUIntBE(value, bytes - Math.min(bytes, 6), Math.min(bytes, 6));
    this.#append(part);
  }
}
