/**
 * Gives every empty header a value. The adapter for Lambda leaves out headers that are empty, such as Electric's
 * `electric-up-to-date`, by whose presence the browser knows that it has all rows.
 */
export function fillEmptyHeaders(headers: Headers): void {
  for (const [name, value] of [...headers]) if (value === "") headers.set(name, "true");
}
