/** The parts of a TanStack DB update that are used here. */
interface RowUpdate {
  readonly original: object;
  readonly changes: object;
}

/**
 * Returns the fields of an update whose values really differ. TanStack DB reports a `NaN` in a row as changed by every
 * update, because `NaN` does not equal itself. The server refuses a `NaN`, so no column of the row could be edited.
 */
export function realChanges({ original, changes }: RowUpdate): Record<string, unknown> {
  const before: Record<string, unknown> = { ...original };
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => !same(before[key], value)));
}

function same(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return Object.is(one.getTime(), other.getTime());
  return Object.is(one, other);
}
