// Cursors let caches tell one round of long polls from the next: all clients of an interval send the same one.

/** Electric counts from here. */
const EPOCH_S = Date.UTC(2024, 9, 9) / 1000;

/** The cursor for the next live request: the end of the current interval, or more when the client has that already. */
export function nextCursor(longPollMs: number, sent: string | undefined): string {
  const interval = Math.max(1, Math.floor(longPollMs / 1000));
  const end = Math.ceil((Date.now() / 1000 - EPOCH_S) / interval) * interval;
  const previous = sent !== undefined && /^\d{1,15}$/.test(sent) ? Number(sent) : -1;
  if (previous < end) return String(end);
  return String(previous + 1 + Math.floor(Math.random() * 3600));
}
