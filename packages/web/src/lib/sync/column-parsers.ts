/**
 * Parsers from Postgres' text form, by type, for what Electric's client leaves as text. They make a synced row equal
 * to what Drizzle reads: numbers, booleans and JSON the client parses itself; `numeric` and `date` stay text in both.
 */
export const columnParsers = {
  timestamptz: parseTimestamp,
  // Drizzle reads a timestamp without a zone as UTC.
  timestamp: (text: string) => parseTimestamp(`${text}+00`),
};

/**
 * A Postgres timestamp such as `2026-11-23 09:33:58.123456+00` as `Date`, to the millisecond.
 *
 * The text is turned into ISO 8601 first: what engines make of other forms differs.
 */
function parseTimestamp(text: string): Date {
  const [, date, time, zone, minutes = "00"] = /^(\S+) ([\d:.]+)([+-]\d\d)(?::?(\d\d))?$/.exec(text) ?? [];
  return new Date(date === undefined ? Number.NaN : `${date}T${time}${zone}:${minutes}`);
}
