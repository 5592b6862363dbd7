/** A row as JSON can hold it: without the collection's own `$` fields, and with bigints and `NaN` as text. */
export function toWire(row: object): Record<string, unknown> {
  const own = Object.entries(row).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(own.map(([key, value]) => [key, asJson(value)]));
}

function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  // JSON would make null of these, silently. As text the server refuses them.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "bigint" ? String(value) : value;
}
