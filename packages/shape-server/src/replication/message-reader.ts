import { type Lsn, readLsn } from "../postgres/lsn.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Reads the parts of a message one after the other. Throws a `ProtocolError` rather than read past the end. */
export class MessageReader {
  readonly #buffer: Buffer;
  #at: number;

  /** @param at where the message begins in `buffer`; it ends with the buffer. */
  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  /** Moves past the next `bytes` bytes and gives the position of the first. */
  skip(bytes: number): number {
    const start = this.#at;
    if (bytes > this.#buffer.length - start) throw new ProtocolError("A message is shorter than its parts.");
    this.#at = start + bytes;
    return start;
  }

  skipRest(): void {
    this.#at = this.#buffer.length;
  }

  int8(): number {
    return this.#buffer.readUInt8(this.skip(1));
  }

  uint16(): number {
    return this.#buffer.readUInt16BE(this.skip(2));
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.skip(4));
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.skip(4));
  }

  lsn(): Lsn {
    return readLsn(this.#buffer, this.skip(8));
  }

  /** A byte that is one of `allowed`; `what` names it in the error. */
  oneOf(what: string, allowed: number[]): number {
    const byte = this.int8();
    if (!allowed.includes(byte)) throw new ProtocolError(`A message has the unknown ${what} ${byte}.`);
    return byte;
  }

  /** A text that ends with a zero byte. */
  text(): string {
    const end = this.#buffer.indexOf(0, this.#at);
    if (end < 0) throw new ProtocolError("A name in a message does not end.");
    return this.#buffer.toString("utf8", this.skip(end + 1 - this.#at), end);
  }

  /** A text with its length, in bytes, in front of it. */
  value(): string {
    const bytes = this.uint32();
    const start = this.skip(bytes);
    const value = this.#buffer.toString("utf8", start, start + bytes);
    // No text of Postgres holds a zero byte: the length is wrong and reaches into the next value.
    if (value.includes("\0")) throw new ProtocolError("A value in a message reaches into the next one.");
    return value;
  }

  /** Checks that `bytes` bytes are left. */
  expectRest(bytes: number): void {
    if (this.#buffer.length - this.#at !== bytes) {
      throw new ProtocolError("A message does not end where its parts end.");
    }
  }

  expectEnd(): void {
    this.expectRest(0);
  }
}
