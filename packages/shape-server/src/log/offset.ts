/**
 * A place in a shape's log. The snapshot's pages are at `0_0`, `0_1` and so on. `0_inf` lies behind every page and before
 * the first change. A change is at (the LSN at which its transaction commits, its position in the transaction).
 */
export interface LogOffset {
  readonly tx: number;
  readonly op: number;
}

/** The place of a client that has nothing yet (`offset=-1`). */
export const beforeAllOffset: LogOffset = { tx: -1, op: 0 };
/** Behind the last page of a snapshot, before every change (`0_inf`). */
export const snapshotEndOffset: LogOffset = { tx: 0, op: Number.POSITIVE_INFINITY };

const pairPattern = /^([+-]?\d+)_([+-]?\d+|inf)$/;

/** Reads the `offset` parameter; null when the text is malformed. Electric accepts numbers with a sign. */
export function parseOffset(text: string): LogOffset | "now" | null {
  if (text === "now") return "now";
  if (text === "-1") return beforeAllOffset;
  const match = pairPattern.exec(text);
  if (!match) return null;
  const tx = Number(match[1]);
  const op = match[2] === "inf" ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (tx === beforeAllOffset.tx && op === 0) return beforeAllOffset;
  // The addition of 0 turns -0 into 0.
  return tx < 0 || op < 0 ? null : { tx: tx + 0, op: op + 0 };
}

/** Writes the text that `parseOffset` reads. */
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
