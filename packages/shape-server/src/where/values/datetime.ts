import { ComputeError } from "./compute-error.ts";
import { type Interval, infinityOf } from "./interval.ts";

/** Dates are days, times of day microseconds, timestamps microseconds, all since 2000-01-01 as in Postgres. */
const EPOCH_DAYS = 10_957;
const DAY_US = 86_400_000_000n;
const INFINITY = (1n << 63n) - 1n;
const LIMITS = { min: -211_813_488_000_000_000n, max: 9_223_371_331_200_000_000n };

export function daysOf(year: number, month: number, day: number): number {
  // Days since 0000-03-01 of the proleptic Gregorian calendar, then shifted.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468 - EPOCH_DAYS;
}

function civilOf(days: number): { year: number; month: number; day: number } {
  const z = days + EPOCH_DAYS + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

/** Reads ISO dates as Postgres writes them, with BC, infinity and epoch. */
export function parseDate(text: string): number {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "infinity" || trimmed === "+infinity") return Number.POSITIVE_INFINITY;
  if (trimmed === "-infinity") return Number.NEGATIVE_INFINITY;
  if (trimmed === "epoch") return -EPOCH_DAYS;
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

export function formatDate(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? "infinity" : "-infinity";
  const { year, month, day } = civilOf(days);
  const shown = year > 0 ? year : 1 - year;
  return `${pad(shown, 4)}-${pad(month)}-${pad(day)}${year > 0 ? "" : " BC"}`;
}

/** Microseconds of a time of day; 24:00:00 is one. */
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

export function formatTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const micros = us - seconds * 1e6;
  const fraction = micros ? `.${pad(micros, 6).replace(/0+$/, "")}` : "";
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}${fraction}`;
}

/** Reads ISO timestamps; an offset shifts to UTC only for `timestamptz`, else it is ignored. */
export function parseTimestamp(text: string, zoned: boolean): bigint {
  const usual = USUAL.exec(text);
  if (usual && (!zoned || usual[8])) return usualTimestamp(usual);
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "infinity" || trimmed === "+infinity") return INFINITY;
  if (trimmed === "-infinity") return -INFINITY;
  if (trimmed === "epoch") return BigInt(-EPOCH_DAYS) * DAY_US;
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
  const us = BigInt(days) * DAY_US + BigInt(timeOf(Number(hour), Number(minute), Number(second), fraction));
  return checkedTimestamp(zoned && offset ? us - offsetOf(offset) : us);
}

/** How Postgres writes a timestamp of these centuries in UTC. */
const USUAL = /^([12]\d{3})-(\d\d)-([012]\d) ([01]\d):([0-5]\d):([0-5]\d)(?:\.(\d{1,6}))?(\+00)?$/;

/** In these centuries microseconds fit a number, which is quicker than a bigint. */
function usualTimestamp([, year, month, day, hour, minute, second, fraction = ""]: RegExpExecArray): bigint {
  const days = daysOf(Number(year), Number(month), Number(day));
  if (
    Number(month) > 12 ||
    month === "00" ||
    day === "00" ||
    Math.abs(days) > 100_000 ||
    (month === "02" && day === "29")
  ) {
    return BigInt(checkedDate(Number(year), Number(month), Number(day), false)) * DAY_US + BigInt(clock());
  }
  return BigInt(days * 86_400e6 + clock());

  function clock(): number {
    const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
    return seconds * 1e6 + Number(fraction.padEnd(6, "0"));
  }
}

function offsetOf(offset: string): bigint {
  if (offset === "z" || offset === "utc") return 0n;
  const digits = offset.slice(1).includes(":")
    ? offset.slice(1).split(":")
    : (offset.slice(1).match(/\d\d?/g) ?? []);
  const [hours = 0, minutes = 0, seconds = 0] = digits.map(Number);
  return BigInt((offset.startsWith("-") ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds)) * 1_000_000n;
}

export function checkedTimestamp(us: bigint): bigint {
  if (us < LIMITS.min || us >= LIMITS.max) throw new ComputeError("timestamp out of range");
  return us;
}

export function isFiniteTimestamp(us: bigint): boolean {
  return us !== INFINITY && us !== -INFINITY;
}

export function formatTimestamp(us: bigint): string {
  if (!isFiniteTimestamp(us)) return us > 0n ? "infinity" : "-infinity";
  const { days, time } = splitTimestamp(us);
  const date = formatDate(days);
  return `${date.replace(" BC", "")} ${formatTime(time)}${date.endsWith(" BC") ? " BC" : ""}`;
}

export function splitTimestamp(us: bigint): { days: number; time: number } {
  const time = ((us % DAY_US) + DAY_US) % DAY_US;
  return { days: Number((us - time) / DAY_US), time: Number(time) };
}

export function timestampOfDate(days: number): bigint {
  if (!Number.isFinite(days)) return days > 0 ? INFINITY : -INFINITY;
  return checkedTimestamp(BigInt(days) * DAY_US);
}

/** Adds months (keeping the day where the month has it), then days, then time, as Postgres does. */
export function addInterval(us: bigint, interval: Interval): bigint {
  const infinity = infinityOf(interval);
  if (!isFiniteTimestamp(us)) {
    if (infinity !== 0 && us > 0n !== infinity > 0) throw new ComputeError("timestamp out of range");
    return us;
  }
  if (infinity !== 0) return infinity > 0 ? INFINITY : -INFINITY;
  const { months, days, us: more } = interval;
  const { days: start, time } = splitTimestamp(us);
  let date = start;
  if (months !== 0) {
    const { year, month, day } = civilOf(start);
    const index = year * 12 + month - 1 + months;
    const [newYear, newMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
    const length =
      daysOf(newMonth === 12 ? newYear + 1 : newYear, (newMonth % 12) + 1, 1) - daysOf(newYear, newMonth, 1);
    date = daysOf(newYear, newMonth, Math.min(day, length));
  }
  return checkedTimestamp(BigInt(date + days) * DAY_US + BigInt(time) + more);
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}
