/** What is used of an update of TanStack DB. */
interface RowUpdate {
  readonly original: object;
  readonly changes: object;
}

/**
 * The changes of an update that change something. TanStack DB counts `NaN` in a row as changed by every update of the
 * row, because `NaN` does not equal itself; the server would refuse it, and no other column of the row could be edited.
 */
export function realChanges({ original, changes }: RowUpdate): Record<string, unknown> {
  const before: Record<string, unknown> = { ...original };
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => !same(before[key], value)));
}

function same(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return Object.is(one.getTime(), other.getTime());
  return Object.is(one, other);
}
