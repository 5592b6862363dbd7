/** How many rows of a shape are kept at most. */
const mostRows = 1_000;

/** How many characters the rows of a shape have at most, keys and punctuation included. */
const mostCharacters = 1_000_000;

/**
 * Whether the rows of a shape are few and short enough to be kept. All rows are written anew after each change, so large
 * shapes would cost more than a first load that is saved.
 */
export function hasRoomFor(rows: readonly object[]): boolean {
  if (rows.length > mostRows) return false;
  let left = mostCharacters;
  return rows.every((row) => {
    left -= charactersOf(row, left);
    return left >= 0;
  });
}

/** Roughly how long a value is as text. Stops to count beyond `most`. */
function charactersOf(value: unknown, most: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || value instanceof Date) return 8;
  let count = 2;
  for (const [key, item] of Object.entries(value)) {
    count += key.length + charactersOf(item, most - count);
    if (count > most) break;
  }
  return count;
}
