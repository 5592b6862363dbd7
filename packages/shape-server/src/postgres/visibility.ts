import type { Lsn } from "./lsn.ts";

/** A snapshot of Postgres: which transactions its reader sees. */
export interface Snapshot {
  /** Every transaction before `xmin` is over. Transaction ids have 64 bits, as `pg_current_snapshot()` prints them. */
  readonly xmin: string;
  /** No transaction from `xmax` on is over. */
  readonly xmax: string;
  /** The transactions in between that are running. */
  readonly xip: string[];
  /** Where the WAL ended just after the snapshot was taken: the snapshot sees no transaction that commits later. */
  readonly lsn: Lsn;
}

/** Reads `pg_current_snapshot()`'s `xmin:xmax:xip,xip`. */
export function parseSnapshot(text: string, lsn: Lsn): Snapshot {
  const [xmin = "0", xmax = "0", list = ""] = text.split(":");
  return { xmin, xmax, xip: list === "" ? [] : list.split(","), lsn };
}

/**
 * True when the snapshot sees the transaction `xid` (32 bits, as in the replication stream), which committed at `lsn`.
 * A reader of such a snapshot must not receive the transaction again.
 */
export function sees(snapshot: Snapshot, xid: number, lsn: Lsn): boolean {
  // Transaction ids wrap around and positions in the WAL do not, so the position is compared first.
  if (lsn > snapshot.lsn) return false;
  if (!precedes(xid, low32(snapshot.xmax))) return false;
  return precedes(xid, low32(snapshot.xmin)) || !snapshot.xip.some((running) => low32(running) === xid);
}

const low32 = (xid: string) => Number(BigInt.asUintN(32, BigInt(xid)));

/** `a` is older than `b`, across a wraparound of 32 bits; see TransactionIdPrecedes in Postgres. */
const precedes = (a: number, b: number) => ((a - b) | 0) < 0;
