/** A row as JSON can hold it: without the collection's own `$` fields, and bigints as text. */
export function toWire(row: object): Record<string, unknown> {
  const own = Object.entries(row).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(own.map(([key, value]) => [key, withoutBigints(value)]));
}

function withoutBigints(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBigints);
  return typeof value === "bigint" ? String(value) : value;
}
