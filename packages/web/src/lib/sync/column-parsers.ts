import { parseTimestamp } from "~/lib/wire/timestamp-text";

/** A value that its column's parser cannot read. */
export class Unreadable {
  /** What Postgres wrote. */
  readonly text: string;
  /** What the page gets instead: something that can be shown. */
  readonly instead: Date | string;

  constructor(text: string, instead: Date | string) {
    this.text = text;
    this.instead = instead;
  }
}

/**
 * Parsers from Postgres' text form, by type, for what Electric's client leaves as text or fails over. They make a synced
 * row equal to what Drizzle reads: numbers and booleans the client parses itself; `numeric` and `date` stay text in both.
 *
 * What Postgres can hold and JavaScript cannot becomes the nearest that can be shown. For times see `parseTimestamp`.
 * `NaN` and `Infinity` in a float are JavaScript's own, and in a `numeric` they are text, as `infinity` is in a `date`.
 * In JSON, a number becomes the nearest double.
 *
 * A parser never throws, since one value would stop the whole shape. It answers an {@link Unreadable}.
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
    return huge.test(text) ? JSON.parse(text, finite) : JSON.parse(text);
  } catch {
    return new Unreadable(text, text);
  }
}

/** Postgres writes out all digits of a number. A double has room for 308 before the point. */
const huge = /\d{309}/;

/** JSON cannot hold an infinity, which would travel back to the server as null. */
function finite(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return Math.sign(value) * Number.MAX_VALUE;
}

/**
 * Makes the `transformer` for Electric's client that puts something showable in the place of what could not be read.
 *
 * @param report is told of each such value, with the row that holds the value, and the column
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
