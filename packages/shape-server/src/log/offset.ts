/**
 * A place in a shape's log. Snapshot pages are `0_0`, `0_1`, …; `0_inf` lies behind all of them and before the first
 * change; a change is at (commit LSN of its transaction, position in that transaction).
 *
 * LSNs are plain numbers here: 2^53 bytes of WAL are 9 PB.
 */
export type LogOffset = { readonly tx: number; readonly op: number };

/** Where a client stands that has nothing yet (`offset=-1`). */
export const BEFORE_ALL: LogOffset = { tx: -1, op: 0 };
/** Behind the last page of a snapshot, before every change (`0_inf`). */
export const SNAPSHOT_END: LogOffset = { tx: 0, op: Number.POSITIVE_INFINITY };

const PAIR = /^([+-]?\d+)_([+-]?\d+|inf)$/;

/** Reads the `offset` parameter: an offset, `"now"`, or null when it is malformed. Electric reads numbers with a sign. */
export function parseOffset(text: string): LogOffset | "now" | null {
  if (text === "now") return "now";
  if (text === "-1") return BEFORE_ALL;
  const match = PAIR.exec(text);
  if (!match) return null;
  const tx = Number(match[1]);
  const op = match[2] === "inf" ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (tx === BEFORE_ALL.tx && op === 0) return BEFORE_ALL;
  // adding 0 makes 0 of -0
  return tx < 0 || op < 0 ? null : { tx: tx + 0, op: op + 0 };
}

export function formatOffset(offset: LogOffset): string {
  if (offset.tx < 0) return "-1";
  return `${offset.tx}_${offset.op === Number.POSITIVE_INFINITY ? "inf" : offset.op}`;
}

/** Negative when `a` lies before `b`, 0 when they are the same place, positive otherwise. */
export function compareOffsets(a: LogOffset, b: LogOffset): number {
  if (a.tx !== b.tx) return a.tx < b.tx ? -1 : 1;
  if (a.op === b.op) return 0;
  return a.op < b.op ? -1 : 1;
}
