/** How often something may happen. */
export interface Rate {
  /** How many times in a row. */
  readonly attempts: number;
  /** The time in which one attempt comes back, in milliseconds. */
  readonly comesBack: number;
}

/**
 * Takes one attempt, by the generic cell rate algorithm. The times are those of `performance.now()`: a machine's clock that
 * is set back by an hour must hold up nobody for an hour.
 *
 * @param until when nothing of the attempts before counts any more
 * @returns the same moment with this attempt, or undefined when no attempt is left
 */
export function takeOne(until: number, { attempts, comesBack }: Rate): number | undefined {
  const now = performance.now();
  const next = Math.max(until, now) + comesBack;
  return next - now > attempts * comesBack ? undefined : next;
}
