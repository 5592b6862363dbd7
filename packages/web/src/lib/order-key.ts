import { generateKeyBetween } from "fractional-indexing";

/** Keys of digits alone sort alike byte by byte and in the order of every language. */
const digits = "0123456789";

/** How often the gap between two keys is halved at random: two keys for one gap are equal once in a million times. */
const halvings = 20;

/**
 * Makes the key of a row that shall stand at a place in a list. No other row changes.
 *
 * Two people may put different rows at one place at the same time. The key is random within its gap, so the rows get
 * different keys, and everybody sees them in the same order. Sort by the key and then by the id, because equal keys are
 * improbable and not impossible.
 *
 * @param keys the keys of the other rows, in their order
 * @param index how many of these rows stand before the row, from 0 to the number of keys
 * @returns the key, for a column that the generator's type `order` declares
 * @throws Error when one of the two neighbours has a key that was not made here
 */
export function orderKeyAt(keys: readonly string[], index: number): string {
  let before = keys[index - 1];
  // Nothing fits between equal keys. The row then stands behind all of these.
  let after = keys.slice(index).find((key) => before === undefined || key > before);
  let key = generateKeyBetween(before, after, digits, digits);
  for (let drawn = 0; drawn < halvings; drawn++) {
    if (Math.random() < 0.5) before = key;
    else after = key;
    key = generateKeyBetween(before, after, digits, digits);
  }
  return key;
}
