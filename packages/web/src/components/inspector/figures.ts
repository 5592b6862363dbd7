/** Writes a duration: a tenth of a millisecond counts below 10 ms, and whole seconds do not suffice above one. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${Math.round(milliseconds / 1000)} s`;
  if (milliseconds >= 1_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 99.95 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}

/** Writes an amount of data. */
export function amount(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Writes how long ago something was, in whole seconds. */
export function ago(at: number, present: number): string {
  const seconds = Math.max(0, Math.round((present - at) / 1000));
  return seconds < 1 ? "now" : `${seconds} s ago`;
}

/**
 * Writes a place in the write-ahead log as Postgres does: two hexadecimal halves of 32 bits.
 *
 * @param lsn a decimal number, as Electric writes the place
 */
export function lsnText(lsn: string): string {
  if (!/^\d+$/.test(lsn)) return lsn;
  const place = BigInt(lsn);
  const half = (part: bigint) => part.toString(16).toUpperCase();
  return `${half(place >> 32n)}/${half(place & 0xffff_ffffn)}`;
}

/** Writes a number with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
