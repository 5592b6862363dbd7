/** A position in the write-ahead log, in bytes. Exact up to 2^53 = 9 PB of WAL. */
export type Lsn = number;

/** Reads Postgres' notation, such as `16/B374D848`. */
export function parseLsn(text: string): Lsn {
  const [high = "0", low = "0"] = text.split("/");
  return Number.parseInt(high, 16) * 0x1_0000_0000 + Number.parseInt(low, 16);
}

/** Writes Postgres' notation, such as `16/B374D848`. */
export function formatLsn(lsn: Lsn): string {
  const high = Math.floor(lsn / 0x1_0000_0000);
  return `${high.toString(16).toUpperCase()}/${(lsn % 0x1_0000_0000).toString(16).toUpperCase()}`;
}

/** Reads the 8 bytes of an LSN in a replication message. */
export function readLsn(buffer: Buffer, at: number): Lsn {
  return buffer.readUInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4);
}

/** Writes `lsn` as the 8 bytes of a replication message. */
export function writeLsn(buffer: Buffer, lsn: Lsn, at: number): void {
  buffer.writeUInt32BE(Math.floor(lsn / 0x1_0000_0000), at);
  buffer.writeUInt32BE(lsn % 0x1_0000_0000, at + 4);
}
