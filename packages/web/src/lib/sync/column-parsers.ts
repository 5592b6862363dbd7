import { parseJsonText } from "~/lib/wire/json-text";
import { parseTimestamp } from "~/lib/wire/timestamp-text";

/** A value that its column's parser cannot read. */
export class Unreadable {
  /** The text that Postgres wrote. */
  readonly text: string;
  /** The value that the page shows instead. */
  readonly instead: Date | string;

  constructor(text: string, instead: Date | string) {
    this.text = text;
    this.instead = instead;
  }
}

/**
 * Parsers of Postgres' text form for the types that Electric's client leaves as text or cannot parse. With these
 * parsers a synced row equals the row that Drizzle reads. The client parses numbers and booleans itself. `numeric` and
 * `date` stay text, as in Drizzle.
 *
 * A value that JavaScript cannot hold becomes the nearest value that a page can show. For times see `parseTimestamp`.
 * JavaScript has the `NaN` and `Infinity` of a float. In a `numeric` and a `date` such values stay text. A number in
 * JSON becomes the nearest double.
 *
 * A parser never throws, because one value would stop the whole shape. For a text that a parser cannot read, the parser
 * returns an {@link Unreadable}.
 */
export const columnParsers = {
  timestamptz: readTimestamp,
  timestamp: readTimestamp,
  json: readJson,
  jsonb: readJson,
};

function readTimestamp(text: string): Date | Unreadable {
  const date = parseTimestamp(text);
  return Number.isNaN(date.getTime()) ? new Unreadable(text, date) : date;
}

function readJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    return new Unreadable(text, text);
  }
}

/**
 * Makes a `transformer` for Electric's client. The transformer replaces each value that no parser could read by a value
 * that the page can show.
 *
 * @param report called for each such value, with the row and the column that hold the value
 */
export function showUnreadable<Row extends Record<string, unknown>>(
  report: (row: Row, column: string, text: string) => void,
): (row: Row) => Row {
  const show = (value: unknown, found: (text: string) => void): unknown => {
    if (Array.isArray(value)) return value.map((one) => show(one, found));
    if (!(value instanceof Unreadable)) return value;
    found(value.text);
    return value.instead;
  };
  return (row) => {
    const odd = Object.entries(row).filter(([, value]) => holdsUnreadable(value));
    if (odd.length === 0) return row;
    const shown = odd.map(([column, value]) => [column, show(value, (text) => report(row, column, text))]);
    return { ...row, ...Object.fromEntries(shown) };
  };
}

function holdsUnreadable(value: unknown): boolean {
  return Array.isArray(value) ? value.some(holdsUnreadable) : value instanceof Unreadable;
}
