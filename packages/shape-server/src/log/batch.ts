import { messageSeparator, splitMessages } from "./messages.ts";

/** Describes some or all of the messages that one transaction adds to a shape's log. */
export interface Batch {
  /** The LSN at which the transaction commits. */
  readonly tx: number;
  /** The positions of the first and the last message in the transaction. */
  readonly firstOp: number;
  readonly lastOp: number;
  /** Whether this is the transaction's last batch. After a crash, a transaction without one is incomplete. */
  readonly final: boolean;
  /** The length of the messages, separators included. */
  readonly bytes: number;
  /** The number of messages. */
  readonly count: number;
}

/** The length of a batch's header in the file. */
export const headerBytes = 32;
const magic = 0x53484c31;

/** The length of a batch's messages without the separators. */
export function messageBytes(batch: Batch): number {
  return batch.bytes - (batch.count - 1) * messageSeparator.length;
}

/** The header that stands before a batch's messages in the file. */
export function encodeHeader(batch: Batch): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(batch.bytes, 4);
  header.writeDoubleBE(batch.tx, 8);
  header.writeUInt32BE(batch.firstOp, 16);
  header.writeUInt32BE(batch.lastOp, 20);
  header.writeUInt8(batch.final ? 1 : 0, 24);
  header.writeUInt32BE(batch.count, 28);
  return header;
}

/** Reads a batch's header; undefined when the bytes are no header. */
export function decodeHeader(header: Buffer): Batch | undefined {
  if (header.length < headerBytes || header.readUInt32BE(0) !== magic) return undefined;
  return {
    bytes: header.readUInt32BE(4),
    tx: header.readDoubleBE(8),
    firstOp: header.readUInt32BE(16),
    lastOp: header.readUInt32BE(20),
    final: header.readUInt8(24) === 1,
    count: header.readUInt32BE(28),
  };
}

/**
 * The messages of a batch that lie behind position `op` of its transaction. The messages of a move do not carry their
 * position: they are numbered from the batch's first position.
 */
export function messagesAfter(batch: Batch, body: Buffer, op: number): Buffer {
  const kept = splitMessages(body).filter((text, i) => {
    const message: { headers: { op_position?: number } } = JSON.parse(text);
    return (message.headers.op_position ?? batch.firstOp + i) > op;
  });
  return Buffer.from(kept.join(messageSeparator));
}
