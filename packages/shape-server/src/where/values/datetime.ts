import { ComputeError } from "./compute-error.ts";
import { type Interval, infinityOf } from "./interval.ts";
import { usPerDay, usPerSecond } from "./microseconds.ts";

// As in Postgres a date counts days and a timestamp microseconds, both since 2000-01-01; a time counts microseconds of
// its day. An infinite date is an infinite number, an infinite timestamp the largest or smallest 64-bit integer.
// Source: https://www.postgresql.org/docs/current/datatype-datetime.html

/** 1970-01-01 in days since 2000-01-01. */
export const unixEpochDay = -10_957;
/** 0000-03-01 in days since 1970-01-01. The year from March on ends with its leap day, which keeps the sums simple. */
const marchEpochDays = -719_468;
const infinity = (1n << 63n) - 1n;
const timestampLimits = { min: -211_813_488_000_000_000n, max: 9_223_371_331_200_000_000n };

/** The days from 2000-01-01 to a day of the Gregorian calendar, which is extended into the past. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra + marchEpochDays + unixEpochDay;
}

/** The reverse of `daysOf`. */
function civilOf(days: number): { year: number; month: number; day: number } {
  const sinceMarch = days - unixEpochDay - marchEpochDays;
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/**
 * Reads a date in ISO 8601 as Postgres writes it, or `infinity`, `-infinity`, `epoch`.
 * @returns days since 2000-01-01
 * @throws ComputeError
 */
export function parseDate(text: string): number {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "infinity" || trimmed === "+infinity") return Number.POSITIVE_INFINITY;
  if (trimmed === "-infinity") return Number.NEGATIVE_INFINITY;
  if (trimmed === "epoch") return unixEpochDay;
  const [, year, month, day, bc] = /^\+?(\d{4,7})-(\d\d?)-(\d\d?)( ?bc)?$/.exec(trimmed) ?? [];
  if (year === undefined) throw new ComputeError("invalid input syntax for type date");
  return checkedDate(Number(year), Number(month), Number(day), bc !== undefined);
}

function checkedDate(year: number, month: number, day: number, bc: boolean): number {
  const real = bc ? 1 - year : year;
  const days = daysOf(real, month, day);
  const back = civilOf(days);
  const valid = year !== 0 && back.year === real && back.month === month && back.day === day;
  if (!valid || real > 5_874_897 || real < -4713)
    throw new ComputeError("date/time field value out of range");
  return days;
}

/** Writes a date in ISO 8601. */
export function formatDate(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? "infinity" : "-infinity";
  const { year, month, day } = civilOf(days);
  const shown = year > 0 ? year : 1 - year;
  return `${pad(shown, 4)}-${pad(month)}-${pad(day)}${year > 0 ? "" : " BC"}`;
}

/**
 * Reads a time of day; `24:00:00` is the end of the day.
 * @returns microseconds since midnight
 * @throws ComputeError
 */
export function parseTime(text: string): number {
  const match =
    /^\s*t?(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(am|pm)?\s*(?:z|[+-]\d\d(?::?\d\d){0,2})?\s*$/i.exec(
      text,
    );
  if (!match) throw new ComputeError("invalid input syntax for type time");
  const [, hour = "0", minute = "0", second = "0", fraction, half] = match;
  let hours = Number(hour);
  if (half) hours = (hours % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  const us = timeOf(hours, Number(minute), Number(second), fraction);
  if (hours > 24 || Number(minute) > 59 || Number(second) > 60 || us > 86_400e6) {
    throw new ComputeError("date/time field value out of range");
  }
  return us;
}

function timeOf(hours: number, minutes: number, seconds: number, fraction: string | undefined): number {
  const micros = fraction ? Math.round(Number(`0.${fraction}`) * 1e6) : 0;
  return ((hours * 60 + minutes) * 60 + seconds) * 1e6 + micros;
}

/** Writes microseconds since midnight as a time of day. */
export function formatTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const micros = us - seconds * 1e6;
  const fraction = micros ? `.${pad(micros, 6).replace(/0+$/, "")}` : "";
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}${fraction}`;
}

/**
 * Reads a timestamp in ISO 8601 as Postgres writes it, or `infinity`, `-infinity`, `epoch`.
 * @param zoned true for `timestamptz`: an offset is then taken off, where `timestamp` ignores it
 * @returns microseconds since 2000-01-01
 * @throws ComputeError
 */
export function parseTimestamp(text: string, zoned: boolean): bigint {
  const usual = usualText.exec(text);
  if (usual && (!zoned || usual[8])) return usualTimestamp(usual);
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "infinity" || trimmed === "+infinity") return infinity;
  if (trimmed === "-infinity") return -infinity;
  if (trimmed === "epoch") return BigInt(unixEpochDay) * usPerDay;
  const match =
    /^\+?(\d{4,6})-(\d\d?)-(\d\d?)(?:[t ]\s*(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(z|utc|[+-]\d\d?(?::?\d\d){0,2})?)?( ?bc)?$/.exec(
      trimmed,
    );
  if (!match) throw new ComputeError("invalid input syntax for type timestamp");
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction, offset, bc] = match;
  const days = checkedDate(Number(year), Number(month), Number(day), bc !== undefined);
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) {
    throw new ComputeError("date/time field value out of range");
  }
  const us = BigInt(days) * usPerDay + BigInt(timeOf(Number(hour), Number(minute), Number(second), fraction));
  return checkedTimestamp(zoned && offset ? us - offsetOf(offset) : us);
}

/** Most timestamps in Postgres' output look like this: years from 1000 to 2999, in UTC. */
const usualText = /^([12]\d{3})-(\d\d)-([012]\d) ([01]\d):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(\+00)?$/;

/** Near 2000 the microseconds fit a number, with which sums are quicker than with a bigint. */
function usualTimestamp([, year, month, day, hour, minute, second, fraction = ""]: RegExpExecArray): bigint {
  const days = daysOf(Number(year), Number(month), Number(day));
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const time = seconds * 1e6 + Number(fraction.padEnd(6, "0"));
  const isRealDay =
    Number(month) <= 12 && month !== "00" && day !== "00" && !(month === "02" && day === "29");
  if (isRealDay && Math.abs(days) <= 100_000) return BigInt(days * 86_400e6 + time);
  return BigInt(checkedDate(Number(year), Number(month), Number(day), false)) * usPerDay + BigInt(time);
}

/** An offset such as `+02`, `-05:30` or `z` in microseconds. */
function offsetOf(offset: string): bigint {
  if (offset === "z" || offset === "utc") return 0n;
  const digits = offset.slice(1).includes(":")
    ? offset.slice(1).split(":")
    : (offset.slice(1).match(/\d\d?/g) ?? []);
  const [hours = 0, minutes = 0, seconds = 0] = digits.map(Number);
  return BigInt((offset.startsWith("-") ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds)) * usPerSecond;
}

/**
 * The timestamp itself, if Postgres can hold it.
 * @throws ComputeError when it is out of range
 */
export function checkedTimestamp(us: bigint): bigint {
  if (us < timestampLimits.min || us >= timestampLimits.max) throw new ComputeError("timestamp out of range");
  return us;
}

/** False for `infinity` and `-infinity`. */
export function isFiniteTimestamp(us: bigint): boolean {
  return us !== infinity && us !== -infinity;
}

/** Writes a timestamp in ISO 8601, without an offset. */
export function formatTimestamp(us: bigint): string {
  if (!isFiniteTimestamp(us)) return us > 0n ? "infinity" : "-infinity";
  const { days, time } = splitTimestamp(us);
  const date = formatDate(days);
  return `${date.replace(" BC", "")} ${formatTime(time)}${date.endsWith(" BC") ? " BC" : ""}`;
}

/** The day of a timestamp, in days since 2000-01-01, and its microseconds since midnight. */
export function splitTimestamp(us: bigint): { days: number; time: number } {
  const time = ((us % usPerDay) + usPerDay) % usPerDay;
  return { days: Number((us - time) / usPerDay), time: Number(time) };
}

/**
 * Midnight of a day.
 * @throws ComputeError for a date that is outside the range of timestamps
 */
export function timestampOfDate(days: number): bigint {
  if (!Number.isFinite(days)) return days > 0 ? infinity : -infinity;
  return checkedTimestamp(BigInt(days) * usPerDay);
}

/**
 * Adds an interval to a timestamp: the months first, then the days, then the time.
 * @throws ComputeError when the sum is out of range, or infinite in both directions
 */
export function addInterval(us: bigint, interval: Interval): bigint {
  const direction = infinityOf(interval);
  if (!isFiniteTimestamp(us)) {
    if (direction !== 0 && us > 0n !== direction > 0) throw new ComputeError("timestamp out of range");
    return us;
  }
  if (direction !== 0) return direction > 0 ? infinity : -infinity;
  const { days, time } = splitTimestamp(us);
  const day = addMonths(days, interval.months) + interval.days;
  return checkedTimestamp(BigInt(day) * usPerDay + BigInt(time) + interval.us);
}

/** The same day some months later, or the last day of a month that is too short for it. */
function addMonths(days: number, months: number): number {
  if (months === 0) return days;
  const { year, month, day } = civilOf(days);
  const monthsSinceZero = year * 12 + month - 1 + months;
  const newYear = Math.floor(monthsSinceZero / 12);
  const newMonth = monthsSinceZero - newYear * 12 + 1;
  const nextMonth = newMonth === 12 ? daysOf(newYear + 1, 1, 1) : daysOf(newYear, newMonth + 1, 1);
  return daysOf(newYear, newMonth, Math.min(day, nextMonth - daysOf(newYear, newMonth, 1)));
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}
