/**
 * The moments of `Date` that stand for Postgres' infinities, which `Date` lacks. The moments lie at the two ends of
 * `Date`, so that they compare and sort like the infinities. The upper one is a millisecond before the end, because a
 * query may ask for times between a moment and the next millisecond.
 */
const standIns = { infinity: 8_640_000_000_000_000 - 1, "-infinity": -8_640_000_000_000_000 } as const;

/** The last moment of `Date` that stands for no infinity. */
const lastFinite = standIns.infinity - 1;

export type TimestampInfinity = keyof typeof standIns;

/** Returns the Postgres infinity that a `Date` stands for. Undefined for an ordinary date. */
export function infinityOf(date: Date): TimestampInfinity | undefined {
  const moment = date.getTime();
  if (moment >= standIns.infinity) return "infinity";
  return moment <= standIns["-infinity"] ? "-infinity" : undefined;
}

const form =
  /^(\d{4,})(-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/;

/**
 * Reads the text of a Postgres timestamp, such as `2026-11-23 09:33:58.123456+00` or `0044-03-15 12:00:00+00 BC`.
 *
 * @param text a `timestamptz`, or a `timestamp`, which has no zone and is read as UTC
 * @returns the `Date`, cut to the millisecond. An infinity becomes its stand-in. A finite time that is too late for
 *   `Date` becomes the last moment before the stand-in. An invalid `Date` when the text is no timestamp
 */
export function parseTimestamp(text: string): Date {
  if (text === "infinity" || text === "-infinity") return new Date(standIns[text]);
  const [, year, monthAndDay, time, fraction = "", sign, hours = 0, minutes = 0, seconds = 0, era] =
    form.exec(text) ?? [];
  if (year === undefined) return new Date(Number.NaN);
  // The year before 1 AD is 1 BC in Postgres and 0 in ISO 8601, which `Date` reads.
  const astronomical = era ? 1 - Number(year) : Number(year);
  if (astronomical > 275_760) return new Date(lastFinite);
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const local = Date.parse(`${isoYear(astronomical)}${monthAndDay}T${time}.${milliseconds}Z`);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const moment = local - (sign === "-" ? -offset : offset) * 1000;
  return new Date(Math.min(moment, lastFinite));
}

/**
 * Writes a `Date` in a form that Postgres reads, in UTC. In the form of `Date.toISOString()`, Postgres takes
 * `+012026-…` for a time zone.
 *
 * @throws RangeError when the date is invalid
 */
export function timestampText(date: Date): string {
  const infinity = infinityOf(date);
  if (infinity) return infinity;
  const iso = date.toISOString();
  const year = date.getUTCFullYear();
  const rest = iso.slice(iso.indexOf("-", 1));
  const shown = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return `${shown}${rest}${year > 0 ? "" : " BC"}`;
}

/** Writes a year in the form of ISO 8601: four digits, or a sign and six digits. */
function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}
