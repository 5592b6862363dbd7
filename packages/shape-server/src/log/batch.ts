import { SEPARATOR, splitMessages } from "./messages.ts";

/** Some or all messages that one transaction adds to a shape's log. */
export type Batch = {
  /** Commit LSN of the transaction. */
  tx: number;
  /** Positions of the first and the last message in the transaction. */
  firstOp: number;
  lastOp: number;
  /** The last batch of its transaction: without it a crash cut the transaction short. */
  final: boolean;
  /** Length of the messages with what separates them … */
  bytes: number;
  /** … and their number. */
  count: number;
};

export const HEADER_BYTES = 32;
const MAGIC = 0x53484c31;

/** Length of the messages of a batch by themselves. */
export function messageBytes(batch: Batch): number {
  return batch.bytes - (batch.count - 1) * SEPARATOR.length;
}

export function encodeHeader(batch: Batch): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(batch.bytes, 4);
  header.writeDoubleBE(batch.tx, 8);
  header.writeUInt32BE(batch.firstOp, 16);
  header.writeUInt32BE(batch.lastOp, 20);
  header.writeUInt8(batch.final ? 1 : 0, 24);
  header.writeUInt32BE(batch.count, 28);
  return header;
}

/** The batch that a header announces, or null when these bytes are no header. */
export function decodeHeader(header: Buffer): Batch | null {
  if (header.length < HEADER_BYTES || header.readUInt32BE(0) !== MAGIC) return null;
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
 * The messages of a batch that lie behind position `op` of its transaction. Messages of a move carry no position of
 * their own: they count on from the batch's first.
 */
export function messagesAfter(batch: Batch, body: Buffer, op: number): Buffer {
  const kept = splitMessages(body).filter((text, i) => {
    const message: { headers: { op_position?: number } } = JSON.parse(text);
    return (message.headers.op_position ?? batch.firstOp + i) > op;
  });
  return Buffer.from(kept.join(SEPARATOR));
}
