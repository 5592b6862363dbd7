import { ComputeError } from "./compute-error.ts";
import { isFiniteTimestamp, splitTimestamp } from "./datetime.ts";
import type { Interval } from "./interval.ts";
import type { PgType } from "./pg-types.ts";
import { asBigint, asInterval, type Convert } from "./value.ts";

/** Bits of an interval's fields in its type modifier, as in Postgres' datetime.h. */
const FIELD = { month: 1 << 1, year: 1 << 2, day: 1 << 3, hour: 1 << 10, minute: 1 << 11, second: 1 << 12 };
const DAY_US = 86_400_000_000n;

/**
 * What a cast to a type with a length, precision or fields does to a value: `varchar(3)`, `timestamp(0)`,
 * `interval day`. Undefined when it does nothing.
 * @param open the literal that is cast, when it is one
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
      const fields = withFields(first, open);
      return second === undefined ? fields : (value) => roundedInterval(asInterval(fields(value)), second);
    }
  }
}

function roundedTimestamp(us: bigint, precision: number): bigint {
  const { days, time } = splitTimestamp(us);
  return BigInt(days) * DAY_US + rounded(BigInt(time), precision);
}

/** Rounds half away from zero to so many digits of a second. */
function rounded(us: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(Math.max(6 - precision, 0));
  const half = unit / 2n;
  return ((us + (us < 0n ? -half : half)) / unit) * unit;
}

function roundedInterval(interval: Interval, precision: number): Interval {
  return { ...interval, us: rounded(interval.us, precision) };
}

/** Drops what is smaller than the smallest field. A bare number counts that field, so `'3'` is 3 days for DAY. */
function withFields(mask: number, open: string | null | undefined): Convert {
  const bare = open?.trim().match(/^[+-]?\d+$/);
  if (bare && (mask & FIELD.second) === 0) {
    const amount = Number(bare[0]);
    if (!Number.isSafeInteger(amount)) throw new ComputeError("interval field value out of range");
    return () => ofField(mask, amount);
  }
  return (value) => {
    const { months, days, us } = asInterval(value);
    if (mask === FIELD.year) return { months: Math.trunc(months / 12) * 12, days: 0, us: 0n };
    if ((mask & ~(FIELD.year | FIELD.month)) === 0) return { months, days: 0, us: 0n };
    if (mask === FIELD.day) return { months, days, us: 0n };
    if ((mask & (FIELD.minute | FIELD.second)) === 0)
      return { months, days, us: (us / 3_600_000_000n) * 3_600_000_000n };
    if ((mask & FIELD.second) === 0) return { months, days, us: (us / 60_000_000n) * 60_000_000n };
    return { months, days, us };
  };
}

function ofField(mask: number, amount: number): Interval {
  if (mask & FIELD.minute) return { months: 0, days: 0, us: BigInt(amount) * 60_000_000n };
  if (mask & FIELD.hour) return { months: 0, days: 0, us: BigInt(amount) * 3_600_000_000n };
  if (mask & FIELD.day) return { months: 0, days: amount, us: 0n };
  return { months: mask & FIELD.month ? amount : amount * 12, days: 0, us: 0n };
}
