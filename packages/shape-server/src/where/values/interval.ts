import { fitsInteger } from "./integer.ts";
import { usPerDay, usPerHour, usPerMinute } from "./microseconds.ts";

/**
 * An interval keeps months, days and microseconds apart, since months differ in length and a day does not always have
 * 24 hours.
 * Source: https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT
 */
export interface Interval {
  months: number;
  days: number;
  us: bigint;
}

/** Since Postgres 17 an interval may be infinite. Such an interval has the largest or smallest value in each part. */
export const infinite: Interval = { months: 2 ** 31 - 1, days: 2 ** 31 - 1, us: (1n << 63n) - 1n };
export const minusInfinite: Interval = { months: -(2 ** 31), days: -(2 ** 31), us: -(1n << 63n) };

/** 1 for infinity, -1 for minus infinity, 0 for all other intervals. */
export function infinityOf({ months, days, us }: Interval): number {
  if (months === infinite.months && days === infinite.days && us === infinite.us) return 1;
  const { months: leastMonths, days: leastDays, us: leastUs } = minusInfinite;
  return months === leastMonths && days === leastDays && us === leastUs ? -1 : 0;
}

/** The length in microseconds, by 30 days a month and 24 hours a day. Postgres compares intervals by this length. */
export function intervalLength({ months, days, us }: Interval): bigint {
  return us + (BigInt(days) + BigInt(months) * 30n) * usPerDay;
}

/** How many microseconds, days or months a unit has. */
const usPerUnit: Record<string, number> = {
  microsecond: 1,
  millisecond: 1e3,
  second: 1e6,
  minute: 6e7,
  hour: 3.6e9,
};
const daysPerUnit: Record<string, number> = { day: 1, week: 7 };
const monthsPerUnit: Record<string, number> = {
  month: 1,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12_000,
};

const unitNames: Record<string, string> = {
  microsecond: "us usec usecs useconds microsecond microseconds",
  millisecond: "ms msec msecs mseconds millisecond milliseconds",
  second: "s sec secs second seconds",
  minute: "m min mins minute minutes",
  hour: "h hr hrs hour hours",
  day: "d day days",
  week: "w week weeks",
  month: "mon mons month months",
  year: "y yr yrs year years",
  decade: "dec decs decade decades",
  century: "c cent century centuries",
  millennium: "mil mils millennium millennia",
};
const unitsByName = new Map(
  Object.entries(unitNames).flatMap(([unit, names]) => names.split(" ").map((name) => [name, unit])),
);
const secondUnits = ["second", "millisecond", "microsecond"];

/** Adds up amounts of units. A fraction of a month becomes days, a fraction of a day becomes time. */
class IntervalSum {
  months = 0;
  days = 0;
  us = 0n;
  readonly #given = new Set<string>();

  /** Records that these units are given. False when one of them was given before, which Postgres refuses. */
  giveOnce(...units: string[]): boolean {
    const before = this.#given.size;
    for (const unit of units) this.#given.add(unit);
    return this.#given.size === before + units.length;
  }

  /** Adds an amount of a unit. The amount is decimal text, so that no digit is lost. */
  add(amount: string, unit: string): void {
    const value = Number(amount);
    if (unit in monthsPerUnit) {
      const months = value * (monthsPerUnit[unit] ?? 1);
      // A fraction of a year or a longer unit is rounded to months; only a fraction of a month becomes days.
      const whole = unit === "month" ? Math.trunc(months) : Math.round(months);
      this.months += whole;
      if (unit === "month") this.#addDays((months - whole) * 30);
    } else if (unit in daysPerUnit) {
      this.#addDays(value * (daysPerUnit[unit] ?? 1));
    } else {
      this.us += microsecondsOf(amount, usPerUnit[unit] ?? 1);
    }
  }

  #addDays(amount: number): void {
    const days = Math.round(amount * 1e9) / 1e9;
    this.days += Math.trunc(days);
    this.us += BigInt(Math.round((days - Math.trunc(days)) * 86_400e6) || 0);
  }

  /** The sum, undefined when a part is out of range. */
  result(sign: 1 | -1): Interval | undefined {
    const { months, days, us } = this;
    const fits = Math.abs(months) < 2 ** 31 && Math.abs(days) < 2 ** 31 && fitsInteger(us, "int8");
    if (!fits) return undefined;
    return { months: sign * months || 0, days: sign * days || 0, us: us * BigInt(sign) };
  }
}

function microsecondsOf(amount: string, unit: number): bigint {
  const [, sign, whole, fraction] = /^([+-]?)(\d*)\.?(\d*)$/.exec(amount) ?? [];
  const rest = Number(`0.${fraction || 0}`) * unit;
  const us = BigInt(whole || 0) * BigInt(unit) + BigInt(rest % 1 > 0.5 ? Math.ceil(rest) : Math.floor(rest));
  return sign === "-" ? -us : us;
}

/**
 * Reads an interval in the verbose form, in that of the SQL standard, or in one of the two forms of ISO 8601.
 * @returns undefined for text that is no interval
 */
export function parseInterval(text: string): Interval | undefined {
  const trimmed = text.trim();
  return /^P/i.test(trimmed) ? parseIso(trimmed) : parseVerbose(trimmed);
}

/** One part at a time: a time of day `1:02:03`, years and months `1-2`, or a number with a unit or without. */
const verbosePart =
  /\s*(?:([+-]?)(\d+):(\d+)(?::(\d+(?:\.\d*)?))?(?![\d:])|([+-]?)(\d+)-(\d+)(?![\d-])|([+-]?(?:\d+\.?\d*|\.\d+))(?:\s*([a-z]+)(?=[\s+-]|$)|(?=\s|$)))(?=[\s+-]|$)/iy;

function parseVerbose(text: string): Interval | undefined {
  const isAgo = /\s+ago$/i.test(text);
  const body = text.replace(/^@\s*/, "").replace(/\s+ago$/i, "");
  if (body === "") return undefined;
  const sum = new IntervalSum();
  const part = new RegExp(verbosePart);
  while (part.lastIndex < body.length) {
    const found = part.exec(body);
    if (!found || !addPart(sum, found, body.slice(part.lastIndex))) return undefined;
  }
  return sum.result(isAgo ? -1 : 1);
}

/** Adds a match of `verbosePart`; false when Postgres would refuse the part. */
function addPart(sum: IntervalSum, found: RegExpExecArray, following: string): boolean {
  const [, timeSign, hours, minutes, seconds, monthSign, years, months, amount = "", word] = found;
  if (hours !== undefined) {
    if (Number(minutes) > 59 || Number(seconds ?? 0) >= 61) return false;
    if (!sum.giveOnce("hour", "minute", ...secondUnits)) return false;
    const us =
      BigInt(hours) * usPerHour + BigInt(minutes ?? 0) * usPerMinute + microsecondsOf(seconds ?? "0", 1e6);
    sum.us += timeSign === "-" ? -us : us;
    return true;
  }
  if (years !== undefined) {
    if (Number(months) > 11 || !sum.giveOnce("year", "month")) return false;
    const total = Number(years) * 12 + Number(months);
    sum.months += monthSign === "-" ? -total : total;
    return true;
  }
  if (word === undefined) {
    // A number without a unit counts days before a time of day, and seconds elsewhere.
    const unit = /^\s*[+-]?\d+:/.test(following) ? "day" : "second";
    if (!sum.giveOnce(unit)) return false;
    sum.add(amount, unit);
    return true;
  }
  const unit = unitsByName.get(word.toLowerCase());
  if (!unit) return false;
  // Seconds with a fraction take the place of milliseconds and microseconds too.
  const units = unit === "second" && Number(amount) % 1 !== 0 ? secondUnits : [unit];
  if (!sum.giveOnce(...units)) return false;
  sum.add(amount, unit);
  return true;
}

const isoDateUnits: Record<string, string> = { Y: "year", M: "month", W: "week", D: "day" };
const isoTimeUnits: Record<string, string> = { H: "hour", M: "minute", S: "second" };

function parseIso(text: string): Interval | undefined {
  const sum = new IntervalSum();
  const alternative = /^P(\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d+)?))?$/i.exec(text);
  if (alternative) {
    const units = ["year", "month", "day", "hour", "minute", "second"];
    for (const [i, unit] of units.entries()) sum.add(alternative[i + 1] ?? "0", unit);
    return sum.result(1);
  }
  const [, date = "", time] = /^P([^T]*)(?:T(.+))?$/i.exec(text) ?? [];
  if (date === "" && time === undefined) return undefined;
  const fits = addIsoParts(sum, date, isoDateUnits) && addIsoParts(sum, time ?? "", isoTimeUnits);
  return fits ? sum.result(1) : undefined;
}

function addIsoParts(sum: IntervalSum, text: string, units: Record<string, string>): boolean {
  if (!/^([+-]?(\d+\.?\d*|\.\d+)[YMWDHS])*$/i.test(text)) return false;
  for (const [, amount = "", letter = ""] of text.matchAll(/([+-]?[\d.]+)([YMWDHS])/gi)) {
    const unit = units[letter.toUpperCase()];
    if (!unit) return false;
    sum.add(amount, unit);
  }
  return true;
}

/** Writes an interval as `IntervalStyle = iso_8601` does: `P1Y2M3DT4H5M6.5S`. */
export function formatInterval(interval: Interval): string {
  const direction = infinityOf(interval);
  if (direction !== 0) return direction > 0 ? "infinity" : "-infinity";
  const { months, days, us } = interval;
  if (months === 0 && days === 0 && us === 0n) return "PT0S";
  const years = Math.trunc(months / 12);
  const date = [withUnit(years, "Y"), withUnit(months - years * 12, "M"), withUnit(days, "D")].join("");
  const time = formatIsoTime(us);
  return `P${date}${time && `T${time}`}`;
}

function formatIsoTime(us: bigint): string {
  const seconds = us / 1_000_000n;
  const micros = us % 1_000_000n;
  const [hours, minutes, rest] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  const clock = `${withUnit(hours, "H")}${withUnit(minutes, "M")}`;
  if (rest === 0n && micros === 0n) return clock;
  const digits = String(absolute(micros)).padStart(6, "0").replace(/0+$/, "");
  return `${clock}${us < 0n ? "-" : ""}${absolute(rest)}${digits && `.${digits}`}S`;
}

function withUnit(amount: number | bigint, unit: string): string {
  return amount ? `${amount}${unit}` : "";
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
