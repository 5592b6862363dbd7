import type { Lsn } from "../replication/lsn.ts";

/** A snapshot of Postgres: which transactions its reader sees. */
export type Snapshot = {
  /** As `pg_current_snapshot()` prints them: 64-bit transaction ids. */
  xmin: string;
  xmax: string;
  xip: string[];
  /** Where the log ended just after the snapshot was taken: what commits behind it is not seen. */
  lsn: Lsn;
};

/** Reads `pg_current_snapshot()`'s `xmin:xmax:xip,xip`. */
export function parseSnapshot(text: string, lsn: Lsn): Snapshot {
  const [xmin = "0", xmax = "0", list = ""] = text.split(":");
  return { xmin, xmax, xip: list === "" ? [] : list.split(","), lsn };
}

/**
 * True when the snapshot saw the transaction `xid` (32 bits, as the replication stream has it) that committed at `lsn`:
 * a reader of the snapshot must not be told of it again.
 */
export function sees(snapshot: Snapshot, xid: number, lsn: Lsn): boolean {
  // Transaction ids wrap around, positions in the log do not: only ids that are near the snapshot are compared.
  if (lsn > snapshot.lsn) return false;
  if (!precedes(xid, low32(snapshot.xmax))) return false;
  return precedes(xid, low32(snapshot.xmin)) || !snapshot.xip.some((running) => low32(running) === xid);
}

const low32 = (xid: string) => Number(BigInt.asUintN(32, BigInt(xid)));

/** `a` is older than `b`, across a wraparound of 32 bits; see TransactionIdPrecedes in Postgres. */
const precedes = (a: number, b: number) => ((a - b) | 0) < 0;
