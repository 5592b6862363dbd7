/** Months, days and microseconds are kept apart, since a month has no fixed length and a day not always 24 hours. */
export interface Interval {
  months: number;
  days: number;
  us: bigint;
}

const US: Record<string, number> = {
  microsecond: 1,
  millisecond: 1e3,
  second: 1e6,
  minute: 6e7,
  hour: 3.6e9,
};
const DAYS: Record<string, number> = { day: 1, week: 7 };
const MONTHS: Record<string, number> = { month: 1, year: 12, decade: 120, century: 1200, millennium: 12_000 };

const NAMES: Record<string, string> = {
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
const UNITS = new Map(
  Object.entries(NAMES).flatMap(([unit, words]) => words.split(" ").map((word) => [word, unit])),
);

/** Adds amounts of units, spreading fractions of months into days (30) and of days into time, as Postgres does. */
const SECONDS = ["second", "millisecond", "microsecond"];

class Sum {
  months = 0;
  days = 0;
  us = 0n;
  readonly #seen = new Set<string>();

  /** Notes what is given; false when something is given twice, which Postgres refuses. */
  once(...units: string[]): boolean {
    const before = this.#seen.size;
    for (const unit of units) this.#seen.add(unit);
    return this.#seen.size === before + units.length;
  }

  /** Adds a decimal number, given as text so that no digit is lost, of a unit. */
  add(amount: string, unit: string): void {
    const value = Number(amount);
    if (unit in MONTHS) {
      const months = value * (MONTHS[unit] ?? 1);
      // A fraction of years and longer units is rounded to months, one of months becomes days.
      const whole = unit === "month" ? Math.trunc(months) : Math.round(months);
      this.months += whole;
      if (unit === "month") this.#addDays((months - whole) * 30);
    } else if (unit in DAYS) {
      this.#addDays(value * (DAYS[unit] ?? 1));
    } else {
      this.us += micros(amount, US[unit] ?? 1);
    }
  }

  #addDays(amount: number): void {
    const days = Math.round(amount * 1e9) / 1e9;
    this.days += Math.trunc(days);
    this.us += BigInt(Math.round((days - Math.trunc(days)) * 86_400e6) || 0);
  }

  result(sign: 1 | -1): Interval | null {
    const { months, days, us } = this;
    const limit = 1n << 63n;
    if (!(Math.abs(months) < 2 ** 31) || !(Math.abs(days) < 2 ** 31) || us >= limit || us < -limit)
      return null;
    return { months: sign * months || 0, days: sign * days || 0, us: us * BigInt(sign) };
  }
}

function micros(amount: string, unit: number): bigint {
  const [, sign, whole, fraction] = /^([+-]?)(\d*)\.?(\d*)$/.exec(amount) ?? [];
  const rest = Number(`0.${fraction || 0}`) * unit;
  const us = BigInt(whole || 0) * BigInt(unit) + BigInt(rest % 1 > 0.5 ? Math.ceil(rest) : Math.floor(rest));
  return sign === "-" ? -us : us;
}

/** Reads an interval in Postgres' verbose and SQL forms and in both ISO 8601 forms; null when it is none. */
export function parseInterval(text: string): Interval | null {
  const trimmed = text.trim();
  if (/^P/i.test(trimmed)) return parseIso(trimmed);
  const ago = /\s+ago$/i.test(trimmed);
  const body = trimmed.replace(/^@\s*/, "").replace(/\s+ago$/i, "");
  if (body === "") return null;
  const sum = new Sum();
  const part =
    /\s*(?:([+-]?)(\d+):(\d+)(?::(\d+(?:\.\d*)?))?(?![\d:])|([+-]?)(\d+)-(\d+)(?![\d-])|([+-]?(?:\d+\.?\d*|\.\d+))(?:\s*([a-z]+)(?=[\s+-]|$)|(?=\s|$)))(?=[\s+-]|$)/iy;
  while (part.lastIndex < body.length) {
    const found = part.exec(body);
    if (!found) return null;
    const [, timeSign, hours, minutes, seconds, monthSign, years, months, amount, word] = found;
    if (hours !== undefined) {
      const us =
        BigInt(hours) * 3_600_000_000n + BigInt(minutes ?? 0) * 60_000_000n + micros(seconds ?? "0", 1e6);
      if (Number(minutes) > 59 || Number(seconds ?? 0) >= 61 || !sum.once("hour", "minute", ...SECONDS))
        return null;
      sum.us += timeSign === "-" ? -us : us;
    } else if (years !== undefined) {
      if (Number(months) > 11 || !sum.once("year", "month")) return null;
      const total = Number(years) * 12 + Number(months);
      sum.months += monthSign === "-" ? -total : total;
    } else if (word === undefined) {
      // A number without a unit counts days before a time of day, and seconds elsewhere.
      const unit = /^\s*[+-]?\d+:/.test(body.slice(part.lastIndex)) ? "day" : "second";
      if (!sum.once(unit)) return null;
      sum.add(amount ?? "", unit);
    } else {
      const unit = UNITS.get(word.toLowerCase());
      const units = unit === "second" && Number(amount) % 1 !== 0 ? SECONDS : unit ? [unit] : [];
      if (!unit || !sum.once(...units)) return null;
      sum.add(amount ?? "", unit);
    }
  }
  return sum.result(ago ? -1 : 1);
}

function parseIso(text: string): Interval | null {
  const long = /^P(\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d+)?))?$/i.exec(text);
  const sum = new Sum();
  if (long) {
    const units = ["year", "month", "day", "hour", "minute", "second"];
    for (const [i, unit] of units.entries()) sum.add(long[i + 1] ?? "0", unit);
    return sum.result(1);
  }
  const [, date = "", time] = /^P([^T]*)(?:T(.+))?$/i.exec(text) ?? [];
  if (!/^P/i.test(text) || (date === "" && time === undefined)) return null;
  const dateUnits: Record<string, string> = { Y: "year", M: "month", W: "week", D: "day" };
  const timeUnits: Record<string, string> = { H: "hour", M: "minute", S: "second" };
  for (const [part, units] of [
    [date, dateUnits],
    [time ?? "", timeUnits],
  ] as const) {
    if (!/^([+-]?(\d+\.?\d*|\.\d+)[YMWDHS])*$/i.test(part)) return null;
    for (const [, amount, letter] of part.matchAll(/([+-]?[\d.]+)([YMWDHS])/gi)) {
      const unit = units[letter?.toUpperCase() ?? ""];
      if (!unit) return null;
      sum.add(amount ?? "", unit);
    }
  }
  return sum.result(1);
}

/** Since Postgres 17 an interval may be infinite; it is the extreme value of each part. */
export const INFINITE: Interval = { months: 2 ** 31 - 1, days: 2 ** 31 - 1, us: (1n << 63n) - 1n };
export const MINUS_INFINITE: Interval = { months: -(2 ** 31), days: -(2 ** 31), us: -(1n << 63n) };

/** 1 or -1 for an infinite interval, else 0. */
export function infinityOf({ months, days, us }: Interval): number {
  if (months === INFINITE.months && days === INFINITE.days && us === INFINITE.us) return 1;
  return months === MINUS_INFINITE.months && days === MINUS_INFINITE.days && us === MINUS_INFINITE.us
    ? -1
    : 0;
}

/** The form that `IntervalStyle = iso_8601` gives, as in `P1Y2M3DT4H5M6.5S`. */
export function formatInterval(interval: Interval): string {
  const infinity = infinityOf(interval);
  if (infinity !== 0) return infinity > 0 ? "infinity" : "-infinity";
  const { months, days, us } = interval;
  if (months === 0 && days === 0 && us === 0n) return "PT0S";
  const years = Math.trunc(months / 12);
  const date = [
    [years, "Y"],
    [months - years * 12, "M"],
    [days, "D"],
  ] as const;
  const seconds = us / 1_000_000n;
  const micros = us % 1_000_000n;
  const [hours, minutes, rest] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  let second = "";
  if (rest !== 0n || micros !== 0n) {
    const digits = String(micros < 0n ? -micros : micros)
      .padStart(6, "0")
      .replace(/0+$/, "");
    second = `${us < 0n ? "-" : ""}${rest < 0n ? -rest : rest}${digits && `.${digits}`}S`;
  }
  const time = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${second}`;
  return `P${date.map(([amount, unit]) => (amount ? `${amount}${unit}` : "")).join("")}${time && `T${time}`}`;
}

/** The length with 30 days a month and 24 hours a day, by which Postgres compares intervals. */
export function intervalLength({ months, days, us }: Interval): bigint {
  return us + (BigInt(days) + BigInt(months) * 30n) * 86_400_000_000n;
}
