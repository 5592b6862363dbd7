/** Makes a row fit for JSON: drops the `$` fields of the collection, and writes bigints and `NaN` as text. */
export function toWire(row: object): Record<string, unknown> {
  const own = Object.entries(row).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(own.map(([key, value]) => [key, asJson(value)]));
}

function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  // JSON would silently turn these numbers into null. The server refuses the text.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "bigint" ? String(value) : value;
}
