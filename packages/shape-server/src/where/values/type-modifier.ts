import { ComputeError } from "./compute-error.ts";
import type { Convert } from "./convert.ts";
import { isFiniteTimestamp, splitTimestamp } from "./datetime.ts";
import type { Interval } from "./interval.ts";
import { usPerDay, usPerHour, usPerMinute } from "./microseconds.ts";
import type { PgType } from "./pg-types.ts";
import { asBigint, asInterval } from "./value.ts";

/**
 * The fields of an interval type such as `interval day to second`, from the largest to the smallest, each with its bit
 * in the type modifier.
 * Source: https://github.com/postgres/postgres/blob/master/src/include/utils/datetime.h (`INTERVAL_MASK`)
 */
export const intervalFields = {
  year: 1 << 2,
  month: 1 << 1,
  day: 1 << 3,
  hour: 1 << 10,
  minute: 1 << 11,
  second: 1 << 12,
};

/**
 * What a cast to a type with a length, precision or fields does to a value: `varchar(3)`, `timestamp(0)`,
 * `interval day`.
 * @param modifiers the numbers in the brackets behind the type; for an interval the bits of its fields come first
 * @param open the text of the literal that is cast, if the cast is of a literal
 * @returns undefined for a type that knows no modifiers
 */
export function limitedTo(
  type: PgType,
  modifiers: number[],
  open: string | null | undefined,
): Convert | undefined {
  const [first = 0, second] = modifiers;
  switch (type) {
    case "varchar":
      return (value) => [...String(value)].slice(0, first).join("");
    case "time":
      return (value) => Number(rounded(asBigint(value), first));
    case "timestamp":
    case "timestamptz":
      return (value) =>
        isFiniteTimestamp(asBigint(value)) ? roundedTimestamp(asBigint(value), first) : value;
    case "interval": {
      const fields = fieldsOf(first, open);
      return second === undefined ? fields : (value) => roundedInterval(asInterval(fields(value)), second);
    }
  }
}

function roundedTimestamp(us: bigint, precision: number): bigint {
  const { days, time } = splitTimestamp(us);
  return BigInt(days) * usPerDay + rounded(BigInt(time), precision);
}

/** Rounds to `precision` digits of a second, half away from zero. */
function rounded(us: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(Math.max(6 - precision, 0));
  const half = unit / 2n;
  return ((us + (us < 0n ? -half : half)) / unit) * unit;
}

function roundedInterval(interval: Interval, precision: number): Interval {
  return { ...interval, us: rounded(interval.us, precision) };
}

/**
 * Drops the parts of an interval that are smaller than its smallest field. A literal without a unit counts this field:
 * `interval '3' day` is 3 days.
 */
function fieldsOf(mask: number, open: string | null | undefined): Convert {
  const bare = open?.trim().match(/^[+-]?\d+$/);
  if (bare && (mask & intervalFields.second) === 0) {
    const amount = Number(bare[0]);
    if (!Number.isSafeInteger(amount)) throw new ComputeError("interval field value out of range");
    return () => amountOfField(mask, amount);
  }
  return (value) => {
    const { months, days, us } = asInterval(value);
    if (mask === intervalFields.year) return { months: Math.trunc(months / 12) * 12, days: 0, us: 0n };
    if ((mask & ~(intervalFields.year | intervalFields.month)) === 0) return { months, days: 0, us: 0n };
    if (mask === intervalFields.day) return { months, days, us: 0n };
    if ((mask & (intervalFields.minute | intervalFields.second)) === 0)
      return { months, days, us: (us / usPerHour) * usPerHour };
    if ((mask & intervalFields.second) === 0) return { months, days, us: (us / usPerMinute) * usPerMinute };
    return { months, days, us };
  };
}

function amountOfField(mask: number, amount: number): Interval {
  if (mask & intervalFields.minute) return { months: 0, days: 0, us: BigInt(amount) * usPerMinute };
  if (mask & intervalFields.hour) return { months: 0, days: 0, us: BigInt(amount) * usPerHour };
  if (mask & intervalFields.day) return { months: 0, days: amount, us: 0n };
  return { months: mask & intervalFields.month ? amount : amount * 12, days: 0, us: 0n };
}
