import { listOf, type PgArray } from "./array.ts";
import { type Decimal, decimalOfInteger } from "./decimal.ts";
import type { Interval } from "./interval.ts";

/**
 * A value that is not NULL, in the form in which JavaScript computes with the type:
 * - int2, int4, float4 and float8 are numbers, int8 is a bigint, numeric a `Decimal`;
 * - date is a number of days, time a number of microseconds, timestamp and timestamptz are bigints of microseconds,
 *   dates and timestamps counted from 2000-01-01;
 * - interval is an `Interval`, bool a boolean, an array a `PgArray`;
 * - a value of any other type stays text.
 */
export type Value = boolean | number | bigint | string | Decimal | Interval | PgArray<Value>;

// A value of the right type passes the functions below unchanged; a value of a related type is converted.

export function asBigint(value: Value): bigint {
  return typeof value === "bigint" ? value : BigInt(Number(value));
}

export function asInteger(value: Value): number | bigint {
  return typeof value === "bigint" ? value : Number(value);
}

export function asDecimal(value: Value): Decimal {
  return typeof value === "object" && "digits" in value ? value : decimalOfInteger(asInteger(value));
}

export function asInterval(value: Value): Interval {
  return typeof value === "object" && "months" in value ? value : { months: 0, days: 0, us: 0n };
}

export function asArray(value: Value): PgArray<Value> {
  return typeof value === "object" && "items" in value ? value : listOf([value]);
}
