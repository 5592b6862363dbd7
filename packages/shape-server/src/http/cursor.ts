// With cursors a cache distinguishes one round of long polls from the next: every client of an interval sends the same
// cursor.

/** The time from which Electric counts seconds. */
const epochSeconds = Date.UTC(2024, 9, 9) / 1000;

/**
 * The cursor for the client's next live request: the end of the current interval in seconds, or more when the client
 * has sent that one already.
 *
 * @param longPollMs the length of an interval.
 * @param sent the cursor that the client has sent.
 */
export function nextCursor(longPollMs: number, sent: string | undefined): string {
  const interval = Math.max(1, Math.floor(longPollMs / 1000));
  const end = Math.ceil((Date.now() / 1000 - epochSeconds) / interval) * interval;
  const previous = sent !== undefined && /^\d{1,15}$/.test(sent) ? Number(sent) : -1;
  if (previous < end) return String(end);
  return String(previous + 1 + Math.floor(Math.random() * 3600));
}
