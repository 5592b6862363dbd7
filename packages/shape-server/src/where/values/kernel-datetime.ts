import { ComputeError } from "./compute-error.ts";
import { addInterval, isFiniteTimestamp, timestampOfDate } from "./datetime.ts";
import { fitsInteger } from "./integer.ts";
import { type Interval, infinite, infinityOf, intervalLength, minusInfinite } from "./interval.ts";
import { usPerDay } from "./microseconds.ts";
import type { PgType } from "./pg-types.ts";
import { asBigint, asInterval, type Value } from "./value.ts";

type Binary = (a: Value, b: Value) => Value;

/** The first and the last date, in days since 2000-01-01. */
const firstDate = -2_451_545;
const lastDate = 2_145_031_948;

/**
 * An arithmetic operator on dates, times, timestamps and intervals. It throws ComputeError where the result is out of
 * range or not defined.
 * Source: https://www.postgresql.org/docs/current/functions-datetime.html#OPERATORS-DATETIME-TABLE
 * @returns undefined when the types have no such operator
 */
export function dateOperator(name: string, left: PgType, right: PgType): Binary | undefined {
  // The table below has the operators that commute in one order only.
  if (name === "+" && (left === "interval" || left === "int4" || left === "time") && right !== "interval") {
    const swapped = dateOperator(name, right, left);
    return swapped && ((a, b) => swapped(b, a));
  }
  const negate = name === "-";
  switch (`${left} ${name} ${right}`) {
    case "date + int4":
    case "date - int4":
      return (a, b) => addDays(Number(a), negate ? -Number(b) : Number(b));
    case "date - date":
      return (a, b) => {
        if (!Number.isFinite(a) || !Number.isFinite(b))
          throw new ComputeError("cannot subtract infinite dates");
        return Number(a) - Number(b);
      };
    case "date + time":
      return (a, b) => addInterval(timestampOfDate(Number(a)), { months: 0, days: 0, us: asBigint(b) });
    case "date + interval":
    case "date - interval":
      return (a, b) => addInterval(timestampOfDate(Number(a)), signed(b, negate));
    case "timestamp + interval":
    case "timestamp - interval":
    case "timestamptz + interval":
    case "timestamptz - interval":
      return (a, b) => addInterval(asBigint(a), signed(b, negate));
    case "time + interval":
    case "time - interval":
      return (a, b) => {
        const interval = signed(b, negate);
        if (infinityOf(interval) !== 0) throw new ComputeError("cannot add infinite interval to time");
        return Number(modulo(asBigint(a) + interval.us, usPerDay));
      };
    case "time - time":
      return (a, b) => ({ months: 0, days: 0, us: asBigint(a) - asBigint(b) });
    case "timestamp - timestamp":
    case "timestamptz - timestamptz":
      return (a, b) => difference(asBigint(a), asBigint(b));
    case "interval + interval":
    case "interval - interval":
      return (a, b) => sum(asInterval(a), signed(b, negate));
    case "interval * float8":
      return (a, b) => multiplied(asInterval(a), Number(b));
    case "float8 * interval":
      return (a, b) => multiplied(asInterval(b), Number(a));
    case "interval / float8":
      return (a, b) => {
        if (Number(b) === 0) throw new ComputeError("division by zero");
        return scale(asInterval(a), (amount) => amount / Number(b));
      };
  }
}

function signed(value: Value, negate: boolean): Interval {
  return negate ? negateInterval(asInterval(value)) : asInterval(value);
}

/** @throws ComputeError when a part is out of range */
export function negateInterval(interval: Interval): Interval {
  const infinity = infinityOf(interval);
  if (infinity !== 0) return infinity > 0 ? minusInfinite : infinite;
  const { months, days, us } = interval;
  return checked({ months: -months || 0, days: -days || 0, us: -us });
}

function addDays(days: number, more: number): number {
  const result = days + more;
  if (Number.isFinite(days) && (result < firstDate || result > lastDate))
    throw new ComputeError("date out of range");
  return result;
}

function sum(a: Interval, b: Interval): Interval {
  const infinity = infinityOf(a) || infinityOf(b);
  if (infinity !== 0) {
    if (infinityOf(a) * infinityOf(b) < 0) throw new ComputeError("interval out of range");
    return infinity > 0 ? infinite : minusInfinite;
  }
  return checked({ months: a.months + b.months, days: a.days + b.days, us: a.us + b.us });
}

function checked(interval: Interval): Interval {
  const { months, days, us } = interval;
  const fits = [months, days].every((part) => fitsInteger(BigInt(part), "int4")) && fitsInteger(us, "int8");
  if (!fits) throw new ComputeError("interval out of range");
  return interval;
}

/** The interval between two timestamps, in whole days and a rest, never in months. */
function difference(a: bigint, b: bigint): Interval {
  if (!isFiniteTimestamp(a) || !isFiniteTimestamp(b)) {
    if (a === b) throw new ComputeError("interval out of range");
    const sign = isFiniteTimestamp(a) ? -b : a;
    return sign > 0n ? infinite : minusInfinite;
  }
  return justifyHours(checked({ months: 0, days: 0, us: a - b }));
}

function multiplied(interval: Interval, factor: number): Interval {
  if (Number.isFinite(factor)) return scale(interval, (amount) => amount * factor);
  const length = intervalLength(interval);
  if (Number.isNaN(factor) || length === 0n) throw new ComputeError("interval out of range");
  return length > 0n === factor > 0 ? infinite : minusInfinite;
}

/** Multiplies or divides an interval. A fraction of a month becomes days, a fraction of a day becomes time. */
function scale(interval: Interval, by: (amount: number) => number): Interval {
  const infinity = infinityOf(interval);
  if (infinity !== 0) {
    const sign = by(infinity);
    if (sign === 0 || Number.isNaN(sign)) throw new ComputeError("interval out of range");
    return sign > 0 ? infinite : minusInfinite;
  }
  const months = Math.trunc(by(interval.months));
  let days = Math.trunc(by(interval.days));
  const monthDays = sixDigits((by(interval.months) - months) * 30);
  let seconds = sixDigits((by(interval.days) - days + monthDays - Math.trunc(monthDays)) * 86_400);
  if (Math.abs(seconds) >= 86_400) {
    days += Math.trunc(seconds / 86_400);
    seconds -= Math.trunc(seconds / 86_400) * 86_400;
  }
  const us = roundHalfEven(by(Number(interval.us)) + seconds * 1e6);
  if (![months, days, us].every(Number.isFinite)) throw new ComputeError("interval out of range");
  return checked({ months, days: days + Math.trunc(monthDays), us: BigInt(us) });
}

function sixDigits(value: number): number {
  return roundHalfEven(value * 1e6) / 1e6;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

// The three functions below keep an interval's length by 30 days a month and 24 hours a day, and give its parts the same
// sign. They throw ComputeError when a part is out of range.
// Source: https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-TABLE

/** Moves whole days from the time to the days. */
export function justifyHours(interval: Interval): Interval {
  if (infinityOf(interval) !== 0) return interval;
  const { months, days, us } = interval;
  const whole = us / usPerDay;
  return checked(alignTime({ months, days: days + Number(whole), us: us - whole * usPerDay }));
}

/** Moves whole months of 30 days from the days to the months. */
export function justifyDays(interval: Interval): Interval {
  if (infinityOf(interval) !== 0) return interval;
  const { months, days, us } = interval;
  const whole = Math.trunc(days / 30);
  const moved = { months: months + whole, days: days - whole * 30, us };
  if (moved.months > 0 && moved.days < 0)
    return checked({ ...moved, months: moved.months - 1, days: moved.days + 30 });
  if (moved.months < 0 && moved.days > 0)
    return checked({ ...moved, months: moved.months + 1, days: moved.days - 30 });
  return checked(moved);
}

/** Moves whole days from the time to the days, and whole months from the days to the months. */
export function justifyInterval(interval: Interval): Interval {
  if (infinityOf(interval) !== 0) return interval;
  const { months, days, us } = interval;
  const wholeDays = us / usPerDay;
  const allDays = days + Number(wholeDays);
  const wholeMonths = Math.trunc(allDays / 30);
  const moved = {
    months: months + wholeMonths,
    days: allDays - wholeMonths * 30,
    us: us - wholeDays * usPerDay,
  };
  const rest = moved.days || Number(moved.us);
  if (moved.months > 0 && rest < 0)
    return checked(alignTime({ ...moved, months: moved.months - 1, days: moved.days + 30 }));
  if (moved.months < 0 && rest > 0)
    return checked(alignTime({ ...moved, months: moved.months + 1, days: moved.days - 30 }));
  return checked(alignTime(moved));
}

/** Gives days and time the same sign. */
function alignTime({ months, days, us }: Interval): Interval {
  if (days > 0 && us < 0n) return { months, days: days - 1, us: us + usPerDay };
  if (days < 0 && us > 0n) return { months, days: days + 1, us: us - usPerDay };
  return { months, days, us };
}

function modulo(a: bigint, b: bigint): bigint {
  return ((a % b) + b) % b;
}
