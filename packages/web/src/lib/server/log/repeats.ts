/** How many kinds are counted at once. Further kinds are logged each time. */
const greatestCount = 1_000;

/**
 * Makes a function that logs the first event of a kind, counts the events of the same kind that follow, and logs their
 * number when the time is over. An outage then costs two lines a minute for each kind, and not one for each request.
 *
 * @param milliseconds how long events of a kind are counted after the first one
 * @returns a function that takes the kind, and what writes the line. `repeated` is undefined for the first event, and
 *   then the number of the events that were counted
 */
export function repeats(milliseconds: number) {
  /** How often each kind has occurred since its first line. */
  const counts = new Map<string, number>();
  return (kind: string, write: (repeated?: number) => void): void => {
    const count = counts.get(kind);
    if (count !== undefined) {
      counts.set(kind, count + 1);
      return;
    }
    write();
    if (counts.size >= greatestCount) return;
    counts.set(kind, 0);
    setTimeout(() => {
      const repeated = counts.get(kind) ?? 0;
      counts.delete(kind);
      if (repeated > 0) write(repeated);
    }, milliseconds).unref();
  };
}

/** Writes every event, for development, where a person reads along. */
const writeEach: ReturnType<typeof repeats> = (_kind, write) => write();

/** Counts what the server would log again and again. */
export const countRepeats = import.meta.env.DEV ? writeEach : repeats(60_000);
