import { formatDate, formatTime, formatTimestamp, isFiniteTimestamp } from "./datetime.ts";
import { formatDecimal } from "./decimal.ts";
import { formatFloat } from "./float.ts";
import { formatInterval } from "./interval.ts";
import type { PgType } from "./pg-types.ts";
import { asBigint, asDecimal, asInterval, type Value } from "./value.ts";

/**
 * How values of a type are written when a cast turns them into text: bool as `true`, intervals in ISO 8601, timestamptz
 * in UTC. Arrays have no writer.
 */
export function writer(type: PgType): (value: Value) => string {
  switch (type) {
    case "float4":
      return (value) => formatFloat(Number(value), true);
    case "float8":
      return (value) => formatFloat(Number(value), false);
    case "numeric":
      return (value) => formatDecimal(asDecimal(value));
    case "date":
      return (value) => formatDate(Number(value));
    case "time":
      return (value) => formatTime(Number(value));
    case "timestamp":
      return (value) => formatTimestamp(asBigint(value));
    case "timestamptz":
      return (value) => withUtcOffset(asBigint(value));
    case "interval":
      return (value) => formatInterval(asInterval(value));
    case "bpchar":
      return (value) => withoutPadding(String(value));
    default:
      return String;
  }
}

function withUtcOffset(us: bigint): string {
  const text = formatTimestamp(us);
  return isFiniteTimestamp(us) ? text.replace(/( BC)?$/, "+00$1") : text;
}

/** A `char(n)` without the blanks that fill it up: neither casts to text nor comparisons see them. */
export function withoutPadding(text: string): string {
  return text.replace(/ +$/, "");
}
